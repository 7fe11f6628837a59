#ifndef MODULES_H
#define MODULES_H

/* Loads the modules that FOLDER/load names, one a line: the file's name, a space and its options. Dies where one fails. */
void load_modules(const char *folder);

#endif
