/**
 * The page's script. What it shows of guests it sets as text, never as markup; a guest's part is unpacked when it is asked for.
 */
export const script = `'use strict'
const byId = id => document.getElementById(id)
const rows = [...document.querySelectorAll('tbody tr[data-name]')]
const dialog = byId('cell')
const filter = byId('filter')
function narrow() {
  const words = byId('name').value.toLowerCase().split(/\\s+/).filter(Boolean)
  const only = byId('differs').checked
  const verdicts = [...filter.querySelectorAll('[name=verdict]:checked')].map(box => box.value)
  let shown = 0
  for (const row of rows) {
    const { name, verdicts: own, differs } = row.dataset
    row.hidden = !(words.every(word => name.includes(word)) && (!only || differs === 'yes') &&
      (verdicts.length === 0 || verdicts.some(each => own.split(' ').includes(each))))
    if (!row.hidden) shown += 1
  }
  byId('count').textContent = shown + ' of ' + rows.length + ' scenarios shown'
}
async function unpack(id) {
  const packed = byId(id).textContent
  const bytes = Uint8Array.from(atob(packed), character => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).json()
}
function picture(text) {
  return document.importNode(new DOMParser().parseFromString(text, 'image/svg+xml').documentElement, true)
}
async function open(button) {
  const title = byId('cell-title')
  const parts = byId('parts')
  title.textContent = button.dataset.title
  parts.replaceChildren()
  if (!dialog.open) dialog.showModal()
  location.replace('#' + encodeURIComponent(button.dataset.cell))
  for (const [heading, text, kind] of await unpack(button.dataset.cell)) {
    const part = document.createElement('details')
    const summary = document.createElement('summary')
    const shown = kind === 'svg' ? picture(text) : document.createElement('pre')
    summary.textContent = heading
    if (kind !== 'svg') {
      shown.textContent = text
      shown.tabIndex = 0
    }
    part.open = !/^(?:CPUID|Interfaces|Lines|QEMU|Console)/.test(heading)
    part.append(summary, shown)
    parts.append(part)
  }
}
document.addEventListener('click', event => {
  const button = event.target.closest('button[data-cell]')
  if (button !== null) open(button)
})
byId('close').addEventListener('click', () => dialog.close())
dialog.addEventListener('close', () => history.replaceState(null, '', location.pathname + location.search))
filter.addEventListener('input', narrow)
filter.addEventListener('submit', event => event.preventDefault())
narrow()
const asked = document.querySelector('button[data-cell="' + CSS.escape(decodeURIComponent(location.hash.slice(1))) + '"]')
if (asked !== null) open(asked)
`
