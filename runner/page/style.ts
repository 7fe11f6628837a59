/** The page's style: light and dark as the reader's system is, and no wider than the screen. */
export const style = `
:root { color-scheme: light dark; --text: #1a1a1a; --faint: #575757; --back: #fff; --line: #c8c8c8; --bad: #fbd9d5; --differs: #fdf0c4;
  --skip: #ececec; --link: #0b4f9e }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e8e8; --faint: #b0b0b0; --back: #16181c; --line: #454a52; --bad: #5c1f1a; --differs: #4d3f0c; --skip: #2a2d33; --link: #8fc1ff }
}
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 0 auto; padding: 1rem; max-width: 110rem }
h1 { font-size: 1.4rem; margin: 0 0 .5rem } h2 { font-size: 1.15rem; margin: 1.6rem 0 .5rem }
.faint { color: var(--faint) }
form { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; margin: .8rem 0; padding: 0 }
fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: .9rem } legend { float: left; padding: 0 .6rem 0 0 }
input[type=search] { font: inherit; padding: .25rem .4rem; min-width: 12rem; color: inherit; background: var(--back); border: 1px solid var(--faint) }
.scroll { overflow: auto; max-height: 80vh; border: 1px solid var(--line) }
table { border-collapse: collapse; min-width: 100% }
caption { text-align: left; padding: .4rem .5rem; color: var(--faint) }
th, td { border: 1px solid var(--line); padding: 0; text-align: left; font-weight: 400; white-space: nowrap }
thead th { position: sticky; top: 0; background: var(--back); font-weight: 600; z-index: 1 }
th { padding: .2rem .5rem } tbody th { font-family: ui-monospace, monospace; position: sticky; left: 0; background: var(--back) }
td button { all: unset; box-sizing: border-box; display: block; width: 100%; padding: .2rem .5rem; cursor: pointer }
td button:focus-visible, a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: -2px }
td.none { padding: .2rem .5rem; color: var(--faint) }
td.fail, td.error { background: var(--bad) } td.differs { background: var(--differs) } td.skip { background: var(--skip) }
td.fail button, td.error button { font-weight: 600 }
dialog { width: min(64rem, 96vw); max-height: 92vh; color: inherit; background: var(--back); border: 1px solid var(--faint); padding: 1rem }
dialog::backdrop { background: #0008 } dialog header { display: flex; justify-content: space-between; align-items: start; gap: 1rem } dialog h2 { margin: 0 0 .5rem }
dialog header button, .plain { font: inherit; padding: .2rem .7rem; color: inherit; background: var(--skip); border: 1px solid var(--faint); cursor: pointer }
pre { font: 13px/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; padding: .5rem; background: var(--skip) }
summary { cursor: pointer; padding: .2rem 0; font-weight: 600 }
ul { padding-left: 1.2rem } code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
svg { max-width: 100%; height: auto } svg text { fill: var(--text); font: 12px system-ui, sans-serif }
[hidden] { display: none }
@media (max-width: 45rem) { tbody th { position: static; white-space: normal; overflow-wrap: anywhere } td button { white-space: normal } }
`
