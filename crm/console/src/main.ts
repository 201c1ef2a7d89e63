// Start of the console.
import { createApp } from 'vue'

import 'element-plus/es/components/base/style/css'
import 'element-plus/es/components/select/style/css'
import './styles/tokens.css'
import './styles/element.css'
import './styles/base.css'

import App from './App.vue'
import { startAppearance } from './lib/appearance'
import { startClock } from './lib/clock'
import { router } from './router'

startAppearance()
startClock()
createApp(App).use(router).mount('#app')
