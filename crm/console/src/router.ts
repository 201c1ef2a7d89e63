// Addresses of the console. Each page is loaded when first opened, except the desk, which must be there at once.
import { ref } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

import { landing, may, type PageName, resume } from '@/session'
import DeskPage from '@/desk/DeskPage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    page?: PageName
    title?: 'rail.desk' | 'rail.tickets' | 'rail.customers' | 'rail.calls' | 'rail.knowledge' | 'rail.board' | 'rail.admin' | 'rail.dispatch' | 'rail.callbacks' | 'rail.parts' | 'followups.title' | 'rail.me'
    open?: boolean
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: () => import('@/shell/NotFoundPage.vue') },
    { path: '/login', component: () => import('@/login/LoginPage.vue'), meta: { open: true } },
    { path: '/desk', component: DeskPage, meta: { page: 'desk', title: 'rail.desk' } },
    { path: '/tickets', component: () => import('@/tickets/TicketList.vue'), meta: { page: 'tickets', title: 'rail.tickets' } },
    { path: '/tickets/new', component: () => import('@/tickets/NewTicket.vue'), meta: { page: 'tickets', title: 'rail.tickets' } },
    { path: '/tickets/:no', component: () => import('@/tickets/TicketPage.vue'), meta: { page: 'tickets', title: 'rail.tickets' } },
    { path: '/customers', component: () => import('@/customers/CustomerList.vue'), meta: { page: 'customers', title: 'rail.customers' } },
    { path: '/customers/new', component: () => import('@/customers/NewCustomer.vue'), meta: { page: 'customers', title: 'rail.customers' } },
    { path: '/customers/:id', component: () => import('@/customers/CustomerPage.vue'), meta: { page: 'customers', title: 'rail.customers' } },
    { path: '/products/:product', component: () => import('@/products/ProductPage.vue'), meta: { page: 'customers', title: 'rail.customers' } },
    { path: '/dispatch', component: () => import('@/dispatch/DispatchPage.vue'), meta: { page: 'dispatch', title: 'rail.dispatch' } },
    { path: '/callbacks', component: () => import('@/callbacks/CallbacksPage.vue'), meta: { page: 'callbacks', title: 'rail.callbacks' } },
    { path: '/followups', component: () => import('@/followups/FollowUpsPage.vue'), meta: { page: 'followups', title: 'followups.title' } },
    { path: '/parts/:code?', component: () => import('@/parts/PartsPage.vue'), meta: { page: 'parts', title: 'rail.parts' } },
    { path: '/partners/:customer?', component: () => import('@/parts/PartnersPage.vue'), meta: { page: 'parts', title: 'rail.parts' } },
    { path: '/calls', component: () => import('@/calls/CallList.vue'), meta: { page: 'calls', title: 'rail.calls' } },
    { path: '/calls/:contact', component: () => import('@/calls/CallPage.vue'), meta: { page: 'calls', title: 'rail.calls' } },
    { path: '/knowledge/:kind?/:key?', component: () => import('@/knowledge/KnowledgePage.vue'), meta: { page: 'knowledge', title: 'rail.knowledge' } },
    { path: '/board', component: () => import('@/board/BoardPage.vue'), meta: { page: 'board', title: 'rail.board' } },
    { path: '/users/:number?', component: () => import('@/users/AccountsPage.vue'), meta: { page: 'users', title: 'rail.admin' } },
    { path: '/rules/:name?', component: () => import('@/rules/RulesPage.vue'), meta: { page: 'rules', title: 'rail.admin' } },
    { path: '/outlets/:id?', component: () => import('@/field/FieldPage.vue'), meta: { page: 'outlets', title: 'rail.admin' } },
    { path: '/engineers/:id?', component: () => import('@/field/FieldPage.vue'), meta: { page: 'outlets', title: 'rail.admin' } },
    { path: '/notices', component: () => import('@/notices/NoticesPage.vue'), meta: { page: 'notices', title: 'rail.admin' } },
    { path: '/gas-phones', component: () => import('@/gasPhones/GasPhonesPage.vue'), meta: { page: 'gasPhones', title: 'rail.admin' } },
    { path: '/webhooks/:id?', component: () => import('@/webhooks/WebhooksPage.vue'), meta: { page: 'webhooks', title: 'rail.admin' } },
    { path: '/channels', component: () => import('@/channels/ChannelsPage.vue'), meta: { page: 'channels', title: 'rail.admin' } },
    { path: '/imports/:table?', component: () => import('@/imports/ImportsPage.vue'), meta: { page: 'imports', title: 'rail.admin' } },
    { path: '/audit', component: () => import('@/audit/AuditPage.vue'), meta: { page: 'audit', title: 'rail.admin' } },
    { path: '/me', component: () => import('@/me/MePage.vue'), meta: { title: 'rail.me' } },
    { path: '/forbidden/:page', component: () => import('@/shell/ForbiddenPage.vue') },
    { path: '/:rest(.*)*', component: () => import('@/shell/NotFoundPage.vue') },
  ],
})

router.beforeEach(async (to: RouteLocationNormalized) => {
  const known = await resume().catch(() => null)
  if (to.meta.open) return known ? landing() : true
  if (!known) return { path: '/login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  if (to.path === '/') return landing()
  if (to.meta.page && !may(to.meta.page)) return `/forbidden/${to.meta.page}`
  return true
})

/** The address of a page that did not open: the server is away, or has newer pages than this tab; "" = none. */
export const unopened = ref('')
router.onError((_, to) => { unopened.value = to.fullPath })
router.afterEach(() => { unopened.value = '' })
