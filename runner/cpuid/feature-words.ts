import type { RegisterName } from './leaf.js'

/** A register of CPUID whose bits each stand for a feature, or for something else that can be had or not. */
export interface FeatureWord {
  readonly leaf: number
  readonly subleaf: number
  readonly register: RegisterName
  /** The names of its 32 bits, the lowest first; null where nobody has named one. */
  readonly names: readonly (string | null)[]
}

/**
 * The feature words. A bit's name is the kernel's, as /proc/cpuinfo has it (Linux arch/x86/include/asm/cpufeatures.h, 6.1 and 6.18, and
 * Documentation/arch/x86/cpuinfo.rst); QEMU's where the kernel has none (target/i386/cpu.c, feature_word_info[]); else
 * the one of Intel's SDM vol. 2A (CPUID) or AMD's APM vol. 3 (appendix E).
 */
export const featureWords: readonly FeatureWord[] = [
  word(0x1, 0, 'ecx', {
    0: 'pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm',
    17: 'pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave osxsave avx f16c rdrand hypervisor',
  }),
  word(0x1, 0, 'edx', {
    0: 'fpu vme de pse tsc msr pae mce cx8 apic',
    11: 'sep mtrr pge mca cmov pat pse36 pn clflush',
    21: 'dts acpi mmx fxsr sse sse2 ss ht tm ia64 pbe',
  }),
  // The C-states to enter by MWAIT with hints, of which TCG has none: it raises #GP (QEMU target/i386/tcg, helper_mwait()).
  word(0x5, 0, 'edx', { 0: Array<string>(32).fill('mwait_substates').join(' ') }),
  word(0x6, 0, 'eax', {
    0: 'dtherm ida arat',
    4: 'pln ecmd pts hwp hwp_notify hwp_act_window hwp_epp hwp_pkg_req',
    13: 'hdc itmt hwp_highest hwp_peci hwp_flexible hwp_fast',
    19: 'hfi hwp_ignore_idle',
    23: 'thread_director',
  }),
  word(0x6, 0, 'ecx', { 0: 'aperfmperf', 3: 'epb' }),
  word(0x7, 0, 'ebx', {
    0: 'fsgsbase tsc_adjust sgx bmi1 hle avx2 fdp_excptn_only smep bmi2 erms invpcid rtm cqm zero_fcs_fds mpx rdt_a',
    16: 'avx512f avx512dq rdseed adx smap avx512ifma pcommit clflushopt clwb intel_pt avx512pf avx512er avx512cd sha_ni avx512bw avx512vl',
  }),
  word(0x7, 0, 'ecx', {
    0: 'prefetchwt1 avx512vbmi umip pku ospke waitpkg avx512_vbmi2 shstk gfni vaes vpclmulqdq avx512_vnni avx512_bitalg tme avx512_vpopcntdq',
    16: 'la57 mawau0 mawau1 mawau2 mawau3 mawau4 rdpid keylocker bus_lock_detect cldemote',
    27: 'movdiri movdir64b enqcmd sgx_lc pks',
  }),
  word(0x7, 0, 'edx', {
    1: 'sgx_keys avx512_4vnniw avx512_4fmaps fsrm user_interrupts',
    8: 'avx512_vp2intersect srbds_ctrl md_clear rtm_always_abort',
    13: 'tsx_force_abort serialize hybrid_cpu tsxldtrk',
    18: 'pconfig arch_lbr ibt',
    22: 'amx_bf16 avx512_fp16 amx_tile amx_int8 spec_ctrl intel_stibp flush_l1d arch_capabilities core_capabilities ssbd',
  }),
  word(0x7, 1, 'eax', {
    0: 'sha512 sm3 sm4 rao_int avx_vnni avx512_bf16 lass cmpccxadd arch_perfmon_ext',
    10: 'fzrm fsrs fsrc',
    17: 'fred lkgs wrmsrns nmi_src amx_fp16 hreset avx_ifma',
    26: 'lam msrlist',
    30: 'invd_disable movrs',
  }),
  word(0x7, 1, 'ebx', { 0: 'intel_ppin pbndkb', 3: 'cpuidmaxval_lim_rmv' }),
  word(0x7, 1, 'ecx', { 5: 'msr_imm' }),
  word(0x7, 1, 'edx', {
    4: 'avx_vnni_int8 avx_ne_convert',
    8: 'amx_complex',
    10: 'avx_vnni_int16',
    13: 'utmr prefetchi user_msr',
    17: 'uiret_uif cet_sss avx10',
    21: 'apx_f',
    23: 'mwait_enabled',
  }),
  word(0x7, 2, 'edx', {
    0: 'intel_psfd ipred_ctrl rrsba_ctrl ddpd_u bhi_ctrl mcdt_no uc_lock_dis monitor_mitg_no',
  }),
  word(0xd, 1, 'eax', { 0: 'xsaveopt xsavec xgetbv1 xsaves xfd' }),
  word(0x12, 0, 'eax', { 0: 'sgx1 sgx2', 5: 'sgx_enclv sgx_encls_c', 11: 'sgx_edeccssa' }),
  word(0x14, 0, 'ebx', {
    0: 'pt_cr3_filter pt_psb_cyc pt_ip_filter pt_mtc pt_ptwrite pt_power_event pt_psb_pmi pt_event_trace pt_tnt_disable',
  }),
  word(0x14, 0, 'ecx', {
    0: 'pt_topa pt_topa_multi pt_single_range pt_trace_transport',
    31: 'pt_lip',
  }),
  word(0x19, 0, 'ebx', { 0: 'aeskle', 2: 'aeskle_wide', 4: 'keylocker_backup' }),
  word(0x80000001, 0, 'ecx', {
    0: 'lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt',
    15: 'lwp fma4 tce',
    19: 'nodeid_msr',
    21: 'tbm topoext perfctr_core perfctr_nb',
    26: 'bpext ptsc perfctr_llc mwaitx addr_mask_ext',
  }),
  word(0x80000001, 0, 'edx', {
    0: 'fpu vme de pse tsc msr pae mce cx8 apic',
    11: 'syscall mtrr pge mca cmov pat pse36',
    19: 'mp nx',
    22: 'mmxext mmx fxsr fxsr_opt pdpe1gb rdtscp',
    29: 'lm 3dnowext 3dnow',
  }),
  word(0x80000007, 0, 'ebx', { 0: 'overflow_recov succor hwa smca' }),
  word(0x80000007, 0, 'edx', {
    0: 'ts fid vid ttp tm stc 100mhzsteps hwpstate constant_tsc cpb eff_freq_ro proc_feedback acc_power',
  }),
  word(0x80000008, 0, 'ebx', {
    0: 'clzero irperf xsaveerptr invlpgb rdpru',
    6: 'mba',
    8: 'mcommit wbnoinvd',
    12: 'amd_ibpb int_wbinvd amd_ibrs amd_stibp amd_ibrs_always_on amd_stibp_always_on ibrs_preferred ibrs_same_mode efer_lmsle_unsupported invlpgb_nested',
    23: 'amd_ppin amd_ssbd virt_ssbd amd_ssb_no cppc amd_psfd btc_no amd_ibpb_ret brs',
  }),
  word(0x8000000a, 0, 'edx', {
    0: 'npt lbrv svm_lock nrip_save tsc_scale vmcb_clean flushbyasid decodeassists',
    10: 'pausefilter',
    12: 'pfthreshold avic',
    15: 'v_vmsave_vmload vgif gmet x2avic sss_check v_spec_ctrl rogpt',
    23: 'host_mce_override tlbi_ctl vnmi ibs_virt ext_lvt_avic svme_addr_chk bus_lock_threshold idle_hlt',
  }),
  word(0x8000001f, 0, 'eax', {
    0: 'sme sev vm_page_flush sev_es sev_snp vmpl rmpquery vmpl_sss secure_tsc v_tsc_aux sme_coherent sev_64bit restricted_injection alternate_injection debug_swap prevent_host_ibs',
    16: 'vte vmgexit_parameter virtual_tom ibs_virt_guest',
    24: 'vmsa_reg_prot smt_protection',
  }),
  word(0x80000020, 0, 'ebx', { 1: 'amd_mba smba bmec l3rr abmc' }),
  word(0x80000021, 0, 'eax', {
    0: 'no_nested_data_bp fs_gs_base_ns lfence_rdtsc smm_page_cfg_lock',
    5: 'verw_clear null_sel_clr_base upper_addr_ignore autoibrs no_smm_ctl_msr amd_fsrs amd_fsrc pmc2_precise_retire prefetch_ctl_msr',
    17: 'cpuid_user_dis epsf',
    20: 'amd_prefetchi',
    24: 'eraps',
    27: 'sbpb ibpb_brtype srso_no srso_user_kernel_no srso_bp_spec_reduce',
  }),
  word(0x80000021, 0, 'ecx', { 1: 'tsa_sq_no tsa_l1_no' }),
  word(0x80000022, 0, 'eax', { 0: 'perfmon_v2 amd_lbr_v2 amd_lbr_pmc_freeze' }),
  word(0xc0000001, 0, 'edx', {
    0: 'sm2 sm2_en rng rng_en ccs ccs_en ace ace_en ace2 ace2_en phe phe_en pmm pmm_en',
    16: 'zhaoxin_parallax zhaoxin_parallax_en',
    20: 'tm3 tm3_en rng2 rng2_en',
    25: 'phe2 phe2_en rsa rsa_en',
  }),
]

/** A feature word of names given in runs: the lowest bit of each, and the names from there on. */
function word(
  leaf: number,
  subleaf: number,
  register: RegisterName,
  runs: Readonly<Record<number, string>>,
): FeatureWord {
  const names = Array.from({ length: 32 }, (): string | null => null)
  for (const [first, run] of Object.entries(runs)) {
    run.split(' ').forEach((name, index) => {
      names[Number(first) + index] = name
    })
  }
  return { leaf, subleaf, register, names }
}
