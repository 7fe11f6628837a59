// SPDX-License-Identifier: MIT
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool path_join(char *path, const char *folder, const char *name)
{
	size_t length = strlen(folder), rest = strlen(name) + 1;

	if (length + 1 + rest > PATH_SIZE)
		return false;
	memmove(path, folder, length);
	path[length] = '/';
	memcpy(path + length + 1, name, rest);
	return true;
}

bool read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	if (length > 0 && text[length - 1] == '\n')
		length--;
	text[length < 0 ? 0 : length] = 0;
	return length >= 0;
}

bool read_attribute(const char *folder, const char *name, char *text, size_t size)
{
	char path[PATH_SIZE];

	text[0] = 0;
	return path_join(path, folder, name) && read_text(path, text, size);
}

bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
		if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

struct dirent *next_entry(DIR *folder)
{
	struct dirent *entry;

	do
		entry = readdir(folder);
	while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
	return entry;
}
