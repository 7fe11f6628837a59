/* SPDX-License-Identifier: MIT */
/* Paths and small files, without stdio, which would double the size of init. */
#ifndef GUISE_TEXT_H
#define GUISE_TEXT_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

/* Enough for every path in sysfs that init opens. */
#define PATH_SIZE 512

/* Writes "@folder/@name" to @path, PATH_SIZE bytes long. False if it does not fit. */
bool path_join(char *path, const char *folder, const char *name);

/* Reads a small file without its last newline. False if it cannot be read; @text is empty then. */
bool read_text(const char *path, char *text, size_t size);

/* Reads @folder/@name so. */
bool read_attribute(const char *folder, const char *name, char *text, size_t size);

/* Whether @list, words with spaces between, has @word. */
bool has_word(const char *list, const char *word);

/* The next entry of @folder but "." and "..", or NULL. */
struct dirent *next_entry(DIR *folder);

#endif
