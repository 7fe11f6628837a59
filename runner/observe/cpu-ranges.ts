/** How many CPUs a list of the kernel's names: `0-3,5` has 5 (lib/vsprintf.c, bitmap_list_string()). */
export function countOfList(list: string): number {
  return list
    .split(',')
    .map(part => /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part))
    .reduce(
      (total, found) =>
        found === null
          ? total
          : total + Math.max(0, Number(found[2] ?? found[1]) - Number(found[1]) + 1),
      0,
    )
}
