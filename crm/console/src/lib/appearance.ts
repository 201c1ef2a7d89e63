// Theme, letter size and how close the rows of lists stand: a person's choice, kept in the browser.
import { ref, watchEffect } from 'vue'

export type Theme = 'system' | 'light' | 'dark'
export type Size = 'normal' | 'large'
export type Density = 'standard' | 'compact'

const dark = window.matchMedia('(prefers-color-scheme: dark)')
const systemDark = ref(dark.matches)
dark.addEventListener('change', (event) => {
  systemDark.value = event.matches
})

function kept<T extends string>(name: string, allowed: readonly T[], otherwise: T): T {
  const value = localStorage.getItem(name)
  return allowed.find((item) => item === value) ?? otherwise
}

export const THEMES: readonly Theme[] = ['system', 'light', 'dark']
export const theme = ref<Theme>(kept('hotline.theme', THEMES, 'system'))
export const size = ref<Size>(kept('hotline.size', ['normal', 'large'], 'normal'))
export const DENSITIES: readonly Density[] = ['compact', 'standard']
export const density = ref<Density>(kept('hotline.density', DENSITIES, 'standard'))

/** Writes the choice onto the page now and whenever it changes. */
export function startAppearance(): void {
  watchEffect(() => {
    const isDark = theme.value === 'dark' || (theme.value === 'system' && systemDark.value)
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
    document.documentElement.dataset['size'] = size.value
    document.documentElement.dataset['density'] = density.value
    localStorage.setItem('hotline.theme', theme.value)
    localStorage.setItem('hotline.size', size.value)
    localStorage.setItem('hotline.density', density.value)
  })
}
