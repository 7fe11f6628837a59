import type { DescribedCommand, DescribedOption } from './described-program.js'

// Commands that take scenarios, and so their names.
const takesScenarios = /\[?scenario|^<what>$|^\[what\]$|^<name>$/

/**
 * A completion for bash(1), to be sourced: commands, options, what options take, and the names and groups of scenarios, for which guise
 * itself is asked.
 */
export function bashCompletion(program: DescribedCommand): string {
  const { name } = program
  const all = everyCommand(program)
  return [
    `# bash completion for ${name}: . <(${name} completion bash)`,
    `_${name}() {`,
    '  local word=$2 before=$3 command= each options= words= files=-f',
    '  COMPREPLY=()',
    '  for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case "$command $each" in',
    ...all.map(({ name: each }) => {
      const pattern = each.includes(' ') ? each : ` ${each}`
      return `    ${quoted(pattern)}) command=${quoted(each)} ;;`
    }),
    '    esac',
    '  done',
    '  case "$command $before" in',
    ...all.flatMap(command => command.options.flatMap(option => valueCase(command, option))),
    '  esac',
    '  case $command in',
    `  '') words=${quoted(program.commands.map(lastWord).join(' '))} files= ;;`,
    ...all.map(commandCase),
    '  esac',
    '  if [[ $word == -* ]]; then',
    '    COMPREPLY=($(compgen -W "$options" -- "$word"))',
    '    return',
    '  fi',
    '  [[ $words != SCENARIOS ]] || words=$("${COMP_WORDS[0]}" completion names 2>/dev/null)',
    '  COMPREPLY=($(compgen -W "$words" -- "$word") $([[ -n $files ]] && compgen -f -- "$word"))',
    '}',
    `complete -o filenames -F _${name} ${name}`,
    '',
  ].join('\n')
}

/** The commands below a program, those that have others among them; the deepest last, so that the longest name wins. */
function everyCommand(command: DescribedCommand): DescribedCommand[] {
  return command.commands.flatMap(each => [each, ...everyCommand(each)])
}

function lastWord({ name }: DescribedCommand): string {
  return name.split(' ').at(-1) ?? name
}

/** What may stand behind an option. */
function valueCase({ name }: DescribedCommand, option: DescribedOption): string[] {
  if (!option.takesValue) return []
  const pattern = quoted(`${name} ${option.name}`)
  if (option.choices.length > 0) {
    return [
      `  ${pattern}) COMPREPLY=($(compgen -W ${quoted(option.choices.join(' '))} -- "$word")); return ;;`,
    ]
  }
  // What is no path is for the user to know.
  const isPath = /<(?:folder|file|path|spec|dump)>|\[folder\]/i.test(option.flags)
  return [`  ${pattern}) ${isPath ? 'COMPREPLY=($(compgen -f -- "$word")); ' : ''}return ;;`]
}

function commandCase(command: DescribedCommand): string {
  const options = [...command.options.map(({ name }) => name), '--help'].join(' ')
  const below = command.commands.map(lastWord).join(' ')
  const isAsked = command.arguments.some(({ name }) => takesScenarios.test(name))
  const words = below !== '' ? below : isAsked ? 'SCENARIOS' : ''
  const files = below !== '' || command.arguments.length === 0 ? ' files=' : ''
  return `  ${quoted(command.name)}) options=${quoted(options)} words=${quoted(words)}${files} ;;`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
