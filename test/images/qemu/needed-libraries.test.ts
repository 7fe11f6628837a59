import { execa } from 'execa'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { dynamicNeeds } from '../../../images/qemu/needed-libraries.js'
import { elfFile, linkedFile } from '../elf-file.js'

t.test('the libraries and the loader of a program', t => {
  t.same(dynamicNeeds(linkedFile(['libc.so.6', 'libm.so.6'], '/lib64/ld.so')), {
    interpreter: '/lib64/ld.so',
    libraries: ['libc.so.6', 'libm.so.6'],
  })
  t.same(dynamicNeeds(elfFile({ '.text': Buffer.from('x') })), { interpreter: null, libraries: [] })
  t.throws(() => dynamicNeeds(Buffer.from('#!/bin/sh')), TypeError)
  t.end()
})

await t.test('readelf says the same of a real program', async t => {
  const { stdout } = await execa('readelf', ['-dlW', process.execPath])
  const expected = {
    interpreter: /interpreter: (.*)\]/.exec(stdout)?.[1] ?? null,
    libraries: [...stdout.matchAll(/\(NEEDED\) .*\[(.*)\]/g)].map(([, name]) => name),
  }
  t.ok(expected.libraries.length > 2)
  t.same(dynamicNeeds(readFileSync(process.execPath)), expected)
})
