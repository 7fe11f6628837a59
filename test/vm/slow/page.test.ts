import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import t from 'tap'
import { makePage } from '../../../runner/page/page.js'
import type { GuiseRecord } from '../../../runner/record/schema.js'
import { exampleRecord } from '../../fixtures/record.js'

// The page in Chromium (`./scripts/setup browser`): 2,000 cells, hostile consoles, and what axe-core finds.

const executablePath = spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout.trim()
if (executablePath === '') throw new Error('expected chromium: ./scripts/setup browser')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const { kernel } = exampleRecord()
const kernels = ['5.10.1', '6.1.2', '6.12.3', '7.2.4'].map((version, index) => ({
  ...kernel,
  version,
  release: version,
  sha256: `${index}`,
}))
const hpet = { current: 'hpet', available: ['hpet'], settled: true }
const records: GuiseRecord[] = Array.from({ length: 500 }, (_, row) =>
  kernels.map((each, column) =>
    exampleRecord({
      scenario: `scenario-${String(row).padStart(3, '0')}`,
      kernel: each,
      ...(row % 10 === 0 && column === 2 ? { clocksource: hpet } : {}),
      ...(row === 7 && column === 3 ? { verdict: 'fail' as const, why: ['<b>no</b>'] } : {}),
    }),
  ),
).flat()
const console = Buffer.from(
  `${'[    0.000000] a line of a kernel that boots\r\n'.repeat(300)}<script>document.title='broken'</script>\u001b[31mred\r\n`,
)
const file = join(t.testdir(), 'page.html')
writeFileSync(file, makePage({ records, missing: [], consoleOf: () => console }))

const browser: Browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
t.teardown(() => browser.close())

async function open(
  scheme: 'light' | 'dark',
  width: number,
  hash = '',
): Promise<{ page: Page; said: string[] }> {
  // axe-core is a script of the test's, which the page itself would refuse.
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height: 900 },
    bypassCSP: true,
  })
  const page = await context.newPage()
  const said: string[] = []
  page.on('console', message => said.push(message.text()))
  page.on('pageerror', error => said.push(error.message))
  await page.goto(`file://${file}${hash}`)
  return { page, said }
}

const shownRows = (page: Page) => page.locator('tbody tr[data-name]:visible').count()

t.test('2,000 cells: narrowed by name, verdict and difference', async t => {
  const { page, said } = await open('light', 1400)
  t.equal(await page.textContent('#count'), '500 of 500 scenarios shown')
  await page.check('#differs')
  t.equal(await shownRows(page), 51, 'those that differ, and one that fails')
  await page.fill('#name', 'SCENARIO 12')
  t.equal(await shownRows(page), 1, 'scenario-120')
  await page.uncheck('#differs')
  await page.fill('#name', '')
  await page.check('[name=verdict][value=fail]')
  t.equal(await shownRows(page), 1)
  t.same(said, [])
})

t.test('a cell by keyboard: its console is text, and Escape closes it', async t => {
  const { page, said } = await open('light', 1400)
  const title = await page.title()
  await page.focus('[data-cell="c0-0"]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#parts details')
  t.match(await page.textContent('#cell-title'), /^scenario-000 on 5\.10\.1/)
  const shown = (await page.textContent('#parts')) ?? ''
  t.match(shown, "<script>document.title='broken'</script>\\x1b[31mred")
  t.equal(await page.title(), title)
  t.equal(await page.locator('#parts script').count(), 0)
  t.equal(await page.locator('#parts svg rect').first().isVisible(), true, 'the map of the guest')
  t.equal(await page.evaluate('location.hash'), '#c0-0')
  await page.keyboard.press('Escape')
  t.notOk(await page.isVisible('#cell'))
  t.equal(
    await page.evaluate('document.activeElement.dataset.cell'),
    'c0-0',
    'and the focus is back',
  )
  const linked = await open('light', 1400, '#c7-3')
  await linked.page.waitForSelector('#parts details')
  t.match(await linked.page.textContent('#parts'), '<b>no</b>')
  t.same([...said, ...linked.said], [])
})

t.test('axe-core finds nothing, light and dark, wide and narrow, a cell open', async t => {
  for (const scheme of ['light', 'dark'] as const) {
    for (const width of [1400, 420]) {
      const { page } = await open(scheme, width)
      const violations = async () => {
        await page.evaluate(axe)
        const found = await page.evaluate(
          'axe.run(document).then(({ violations }) => violations.map(({ id, impact }) => ({ id, impact })))',
        )
        return found
      }
      t.same(await violations(), [], `${scheme} ${width}`)
      t.ok(
        await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
        'no wider than the screen',
      )
      await page.click('[data-cell="c0-1"]')
      await page.waitForSelector('#parts details')
      t.same(await violations(), [], `${scheme} ${width}, a cell`)
    }
  }
})

t.test('with its own policy no script but the page’s runs', async t => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`file://${file}`)
  t.equal(await page.textContent('#count'), '500 of 500 scenarios shown')
  await page.addScriptTag({ content: "document.title = 'broken'" }).catch(() => undefined)
  t.not(await page.title(), 'broken')
})
