import type { Command } from 'commander'

/** `guise kernel`: list, fetch, build. */
export function addKernelCommands(program: Command): void {
  const kernel = program.command('kernel').description('the kernels that guise can have')

  kernel
    .command('list')
    .description("list the kernels of Debian's suites, and those that guise has built")
    .option('--all', 'every one, not only the newest of each suite, series and flavour')
    .option('--json', 'an object {suites, kernels, builds}')
    .action(async (options: { all?: true; json?: true }) => {
      const { kernelList } = await import('./kernel-list.js')
      process.exitCode = await kernelList(options)
    })

  kernel
    .command('fetch')
    .description('fetch kernels into the cache; prints path, version and SHA-256')
    .argument('<spec...>', 'debian:SUITE or debian:VERSION, with an optional /FLAVOUR')
    .option('--json', 'an object a line')
    .action(async (specs: string[], options: { json?: true }) => {
      const { kernelFetch } = await import('./kernel-fetch.js')
      process.exitCode = await kernelFetch(specs, options)
    })

  kernel
    .command('build')
    .description('build the small kernel of a source tree; prints its folder, version and SHA-256')
    .argument(
      '<tree...>',
      "a kernel source tree, or debian:SUITE|VERSION for Debian's linux-source",
    )
    .option('--json', 'an object a line')
    .action(async (sources: string[], options: { json?: true }) => {
      const { kernelBuild } = await import('./kernel-build.js')
      process.exitCode = await kernelBuild(sources, options)
    })
}
