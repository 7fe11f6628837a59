import * as z from 'zod'
import { debianKernelSchema, kernelPackagePatterns, listKernels } from './kernel-packages.js'
import { SuiteQuestion } from './suite-question.js'

/** Which kernels a suite has. */
export const suiteKernels = new SuiteQuestion({
  kind: 'suite-kernels',
  answer: z.array(debianKernelSchema).readonly(),
  what: 'kernels',
  names: kernelPackagePatterns,
  find: listKernels,
})
