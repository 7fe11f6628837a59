/* SPDX-License-Identifier: MIT */
/* Files of the guest that go into the report as they stand. */
#ifndef GUISE_FILES_H
#define GUISE_FILES_H

/* Sends the file, in several records if it is long. A file that is not there or cannot be read is left out. */
void send_file(const char *path);

/* Sends every regular file in @folder and, if @depth is not 0, in the folders below, @depth levels deep. */
void send_folder(const char *folder, int depth);

/* Sends the file @name of every folder in @folder. */
void send_each(const char *folder, const char *name);

#endif
