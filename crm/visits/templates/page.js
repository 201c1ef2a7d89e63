// Keeps what is typed on the engineer's page in this phone, and sends an act again when there is a network.
// Without it the plain forms work as they are.
(() => {
  'use strict'
  const DRAFT = `draft ${location.pathname}`
  const WAITING = `waiting ${location.pathname}`
  const AGAIN_MS = 15000
  const OFFLINE = '没有网络，已存在手机，有网后自动提交（1 项）'
  const AWAY = '服务器暂时不可用，已存在手机，稍后自动提交（1 项）'
  const DANGER = '紧急还没有报上去：请带大家到室外，再打电话找派单员。有网后自动提交'
  const NO_PHOTO = '照片没有传上，请有网后再按一次「上传照片」'
  let pressed = null
  let sending = false

  const work = () => document.getElementById('work')
  const ticks = (field) => field.type === 'checkbox' || field.type === 'radio'
  const nameOf = (field) => (ticks(field) ? `${field.name}=${field.value}` : field.name)
  const fields = () => [...work().elements].filter((field) => field.name && field.type !== 'hidden' && field.tagName !== 'BUTTON')

  function say(text) {
    const place = document.getElementById('net')
    place.textContent = text
    place.hidden = text === ''
  }
  function keep() {
    if (work()) localStorage.setItem(DRAFT, JSON.stringify(Object.fromEntries(fields().map((field) => [nameOf(field), ticks(field) ? field.checked : field.value]))))
  }
  function restore() {
    const kept = JSON.parse(localStorage.getItem(DRAFT) || '{}')
    for (const field of fields()) {
      const value = kept[nameOf(field)]
      if (value === undefined) continue
      if (ticks(field)) field.checked = value
      else field.value = value
    }
  }
  function show(text) {
    document.body.replaceWith(new DOMParser().parseFromString(text, 'text/html').body)
    scrollTo(0, 0)
    begin()
  }

  function wait(kept, text) {
    if (localStorage.getItem(WAITING) === kept) localStorage.setItem(WAITING, JSON.stringify({ ...JSON.parse(kept), late: true }))
    say(new URLSearchParams(JSON.parse(kept).fields).has('leak') ? DANGER : text)
  }

  // an answer that never came is asked for again: the version in the form keeps a step from being made twice
  async function send() {
    const kept = localStorage.getItem(WAITING)
    if (kept === null || sending) return
    sending = true
    const { fields, at, late } = JSON.parse(kept)
    try {
      const body = new URLSearchParams(fields)
      if (late) body.append('at', at)
      const answer = await fetch(location.pathname, { method: 'POST', body, redirect: 'manual' })
      if (answer.status >= 500) return wait(kept, AWAY)
      if (localStorage.getItem(WAITING) === kept) localStorage.removeItem(WAITING)
      if (answer.type !== 'opaqueredirect') return show(await answer.text())
      localStorage.removeItem(DRAFT)
      location.reload()
    } catch {
      wait(kept, OFFLINE)
    } finally {
      sending = false
    }
  }
  async function sendPhoto(form) {
    try {
      const answer = await fetch(location.pathname, { method: 'POST', body: new FormData(form), redirect: 'manual' })
      if (answer.status >= 500) return say(NO_PHOTO)
      if (answer.type !== 'opaqueredirect') return show(await answer.text())
      location.reload()
    } catch {
      say(NO_PHOTO)
    }
  }
  async function copy(button) {
    const text = button.dataset.copy
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      const field = document.body.appendChild(document.createElement('textarea'))
      field.value = text
      field.select()
      document.execCommand('copy')
      field.remove()
    }
    button.textContent = '已复制'
  }
  function begin() {
    for (const button of document.querySelectorAll('[data-copy]')) button.hidden = false
    if (work()) restore()
    else for (const key of [DRAFT, WAITING]) localStorage.removeItem(key) // the visit is over
  }

  document.addEventListener('input', keep)
  document.addEventListener('change', keep)
  document.addEventListener('click', (event) => {
    pressed = event.target.closest('button')
    if (pressed && pressed.dataset.copy) copy(pressed)
  })
  document.addEventListener('submit', (event) => {
    event.preventDefault()
    if (event.target.enctype === 'multipart/form-data') return sendPhoto(event.target)
    const body = new URLSearchParams(new FormData(event.target))
    if (pressed && pressed.form === event.target) body.append(pressed.name, pressed.value)
    localStorage.setItem(WAITING, JSON.stringify({ fields: body.toString(), at: new Date().toISOString(), late: false }))
    send()
  })
  addEventListener('online', send)
  setInterval(send, AGAIN_MS)
  begin()
  send()
})()
