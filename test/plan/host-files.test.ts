import t from 'tap'
import { hostFilesOf } from '../../runner/plan/host-files.js'
import { fieldName } from '../../runner/scenario/parse.js'
import { parseScenario } from '../fixtures/scenario.js'

function reached(machine: string): string[] {
  return hostFilesOf(parseScenario(`machine: ${machine}`)).map(
    ({ path, what }) => `${fieldName(path)} ${what}`,
  )
}

t.test('what reaches for files and devices of this machine is found', t => {
  const devices = [
    'loader,file=/etc/passwd,addr=0',
    'file=/etc/passwd,driver=loader',
    'e1000,romfile=secret.rom',
    'e1000,romfile=a,,b',
    'usb-mtp,rootdir=/root',
    'usb-tablet,pcap=OWNED',
    '{"driver":"usb-kbd","pcap":"OWNED"}',
    'cxl-type3,cdat=x',
    'guest-loader,kernel=x,initrd=y',
    'guest-loader,initrd=y',
    'ccid-card-emulated,cert2=x',
    'vfio-pci,host=00:02.0',
    'vhost-vsock-pci,guest-cid=3',
    'some-new-device,newfile=/etc/shadow',
    'some-new-device,newfile=../shadow',
    '{"driver":"loader","file":"/etc/passwd"}',
    '{"driver":"e1000","romfile":"x"}',
    "{'driver':'loader','file':'x'}",
  ]
  for (const device of devices) {
    const found = reached(JSON.stringify({ devices: ['VGA', device] }))
    t.not(found.length, 0, device)
    for (const text of found) t.match(text, /^machine\.devices\[1\] /, device)
  }
  t.same(reached('{ smbios: { 11: { path: /etc/passwd } } }'), [
    'machine.smbios.11 path=/etc/passwd',
  ])
  t.same(reached('{ smbios: { 1: { file: x } } }'), ['machine.smbios.1 file=x'])
  t.end()
})

t.test('what does not is left alone', t => {
  const harmless = [
    'vmxnet3,romfile=',
    'scsi-hd,drive=disk0,serial=A/B',
    'VGA',
    'help',
    'pvscsi,help',
  ]
  t.same(reached(JSON.stringify({ devices: harmless, disks: 1 })), [])
  t.same(reached('{ smbios: { 1: { serial: "VMware-1, 2", uuid: a/b } } }'), [])
  t.same(reached(JSON.stringify({ devices: ['{"driver":"e1000","romfile":""}'] })), [])
  t.end()
})
