# SPDX-License-Identifier: MIT
# How static programs of the guest are built: small, and the same bytes every time.

CC := musl-gcc
CFLAGS := -std=gnu11 -Os -Wall -Wextra -Werror -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fno-stack-protector -fno-ident -flto
LDFLAGS := -static -no-pie -s -flto -Wl,--gc-sections,--build-id=none,-z,noseparate-code,-z,norelro
