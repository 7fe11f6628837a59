import { copyFileSync } from 'node:fs'
import t from 'tap'
import { resolveKernel } from '../../../images/kernel/resolve.js'
import { asLines } from '../../../runner/report/setup-progress.js'
import { Sandbox } from '../../fixtures/sandbox.js'
import type { Step } from './agent-port.js'
import { commentOn } from './comment.js'
import { guiseStep, qemuProgram } from './guise-step.js'
import { withHost } from './host.js'
import { hostImage } from './host-image.js'

// What guise says of a KVM that is not there, of one that is not for this user, and of one that lacks a feature: a host with
// Debian's 6.1, which has no CONFIG_KVM_XEN. Guests in a nested host within an emulated one would take minutes each: which
// of them would go there is seen by what --dry-run prints.
t.setTimeout(3_600_000)

const sandbox = await Sandbox.create(t)
const image = await hostImage('debian:bookworm', asLines(commentOn(t)))
const qemu = qemuProgram(sandbox, image.emulator)
const spec = 'debian:bookworm'
// One that any user can read, wherever the cache lies.
const kernel = sandbox.at('vmlinuz')
copyFileSync((await resolveKernel(spec)).path, kernel)

const guise = (...args: string[]) =>
  guiseStep(sandbox, 'run', ...args, '--kernel', spec, '--qemu', qemu)
const nestedInstead = /^# kvm-all-features: runs inside the nested host/m

t.test('where KVM cannot be used', async t => {
  await withHost(image, async (host, upMs) => {
    t.comment(`the host is up: ${Math.round(upMs / 1000)} s`)

    await t.test('no module is loaded', async t => {
      const asked = await host.run(guise('kvm', '--accel', 'kvm'), commentOn(t))
      t.equal(asked.status, 3)
      t.match(asked.stderr.join('\n'), /\/dev\/kvm does not open: ENOENT: load the module kvm_amd/)
      const auto = await host.run(guise('bare-metal', 'kvm-all-features', '--dry-run'))
      t.match(auto.stdout[0], /-accel tcg /, 'auto: what needs only CPUID goes to tcg')
      t.match(auto.stdout[1], nestedInstead, 'auto: what needs KVM goes to the nested host')
    })

    t.match(await host.run(image.loadKvm), { status: 0 }, 'KVM is loaded')

    await t.test('/dev/kvm is not for this user', async t => {
      t.match(await host.run(openFolders), { status: 0 })
      const asked = await host.run(asNobody('kvm', '--accel', 'kvm'), commentOn(t))
      t.equal(asked.status, 3)
      t.match(
        asked.stderr.join('\n'),
        /\/dev\/kvm does not open: EACCES: add yourself to group kvm/,
      )
      const auto = await host.run(asNobody('kvm-all-features', '--dry-run'), commentOn(t))
      t.match(auto.stdout[0], nestedInstead)
      t.match(auto.stderr.join('\n'), /KVM is not used: .*EACCES/, 'auto says why')
    })

    await t.test('KVM has no Xen', async t => {
      const asked = await host.run(
        guise('xen-hvm', '--accel', 'kvm', '--format', 'json'),
        commentOn(t),
      )
      t.match(asked.stdout[0], /"verdict":"skip".*CONFIG_KVM_XEN/)
      const auto = await host.run(guise('kvm-all-features', 'xen-hvm', '--dry-run'))
      t.match(auto.stdout[0], /-accel kvm /, 'auto: KVM for what it has')
      t.match(
        auto.stdout[1],
        /^# xen-hvm: runs inside the nested host/,
        'auto: nested for the rest',
      )
    })
  })
})

const nobody = { id: 65534, folder: '/run/nobody' }

/** In the host's memory, as all that is written there: a user's own folder, and a way to the sandbox. */
const openFolders: Step = {
  command: [
    'sh',
    '-ec',
    `mkdir ${nobody.folder}
    chown ${nobody.id}:${nobody.id} ${nobody.folder}
    grep -q ^kvm: /etc/group || echo kvm:x:108: >>/etc/group
    chgrp kvm /dev/kvm
    chmod 0660 /dev/kvm
    folder=$1
    while [ "$folder" != / ]; do chmod a+rx "$folder"; folder=$(dirname "$folder"); done`,
    'sh',
    sandbox.path,
  ],
}

/** With the machine's own QEMU: the other lies in root's cache. */
function asNobody(...args: string[]): Step {
  const { folder, id } = nobody
  const own = { TMPDIR: folder, HOME: folder, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder }
  const step = guiseStep(sandbox, 'run', ...args, '--kernel', kernel)
  return { ...step, env: { ...step.env, ...own }, uid: id, gid: id }
}
