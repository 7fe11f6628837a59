/* SPDX-License-Identifier: MIT */
/* VMware's video, driven by user space. */
#ifndef GUISE_VMWARE_SVGA_H
#define GUISE_VMWARE_SVGA_H

/*
 * Has the device show the picture, where the kernel's command line asks for that, and sends what it answered.  The picture stays until the
 * machine is reset.
 */
void drive_vmware_svga(void);

#endif
