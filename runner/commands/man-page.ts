import type { DescribedCommand, DescribedOption } from './described-program.js'

/**
 * A manual page of section 1, in the macros of man(7).
 *
 * @param version - of the program
 */
export function manPage(program: DescribedCommand, version: string): string {
  const { name, description } = program
  const leaves = program.commands.flatMap(leavesOf)
  return [
    `.TH ${name.toUpperCase()} 1 "" "${text(`${name} ${version}`)}" "User Commands"`,
    '.SH NAME',
    text(`${name} - ${description.replace(/\.$/, '')}`),
    '.SH SYNOPSIS',
    ...leaves.flatMap(command => ['.br', synopsis(name, command)]),
    '.SH DESCRIPTION',
    text(description),
    '.SH COMMANDS',
    ...leaves.flatMap(command => section(name, command)),
    '.SH EXIT STATUS',
    ...statuses.flatMap(([status, meaning]) => ['.TP', status, text(meaning)]),
    '.SH ENVIRONMENT',
    ...variables.flatMap(([variable, meaning]) => ['.TP', `.B ${variable}`, text(meaning)]),
    '.SH SEE ALSO',
    '.BR qemu-system-x86_64 (1),',
    '.BR git-bisect (1),',
    '.BR cpuid (1)',
    '',
  ].join('\n')
}

const statuses = [
  [
    '0',
    'At least one guest passed, and the rest passed or were skipped; of comparisons: the same.',
  ],
  ['1', 'A guest failed, or something compared differs.'],
  ['2', 'Usage, or bad input.'],
  ['3', 'An error of the environment, nothing ran, or one side of a comparison is absent.'],
  ['130', 'Interrupted.'],
] as const

const variables = [
  ['XDG_CACHE_HOME', 'Where what is fetched and made is kept, in guise/ (default: ~/.cache).'],
  ['XDG_STATE_HOME', 'Where the results of runs are kept, in guise/ (default: ~/.local/state).'],
  ['TMPDIR', 'Where guests have their temporary files.'],
  ['NO_COLOR', 'Without colours.'],
  ['PAGER', 'What shows a console.'],
] as const

/** The commands that do something: of those with commands of their own, these. */
function leavesOf(command: DescribedCommand): DescribedCommand[] {
  return command.commands.length > 0 ? command.commands.flatMap(leavesOf) : [command]
}

function synopsis(program: string, { name, arguments: taken, options }: DescribedCommand): string {
  const rest = [...taken.map(each => each.name), ...(options.length > 0 ? ['[option...]'] : [])]
  return `.B ${text(`${program} ${name}`)}\n${text(rest.join(' '))}`
}

function section(program: string, command: DescribedCommand): string[] {
  const named = command.arguments.filter(({ description }) => description !== '')
  return [
    `.SS ${text(`${program} ${[command.name, ...command.arguments.map(({ name }) => name)].join(' ')}`)}`,
    text(sentence(command.description)),
    ...named.flatMap(({ name, description }) => [
      '.TP',
      `.I ${text(name)}`,
      text(sentence(description)),
    ]),
    ...command.options.flatMap(option => [
      '.TP',
      `.B ${text(option.flags)}`,
      text(sentence(meaning(option))),
    ]),
  ]
}

function meaning({ description, choices, usual }: DescribedOption): string {
  const one =
    choices.length > 0
      ? `${description === '' ? 'one of' : `${description}:`} ${choices.join(', ')}`
      : description
  return `${one}${usual === null ? '' : ` (default: ${usual})`}`
}

function sentence(words: string): string {
  const first = words.charAt(0).toUpperCase() + words.slice(1)
  return /[.!?]$/.test(first) ? first : `${first}.`
}

/** Text in which nothing is a request or an escape of roff's, nor a dash another one than is typed (groff_char(7)). */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', "'")
    .replace(/^(?=[.'])/gm, '\\&')
}
