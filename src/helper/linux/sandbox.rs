//! Walls around a helper (Linux): what untrusted bytes could still do, had they taken it over.
//!
//! | wall | what it leaves |
//! |---|---|
//! | inherited handles are closed | the connection to the program, and a pipe for last words |
//! | Landlock | reading below the font folders |
//! | seccomp | memory, threads, reading files, talking over the connection; no sockets, no programs, no processes, no executable memory |
//! | resource limits | no core dumps; the ceiling of memory is set from outside, order by order |
//! | death signal | the helper goes with the program, whatever ends that |
//!
//! A wall that this kernel does not have is named, so that somebody can log it.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter_all_threads,
};
use std::{collections::BTreeMap, io, path::PathBuf};

/// Whatever goes wrong in building a wall.
type Fault = Box<dyn std::error::Error>;

/// Of open files; a helper needs a handful.
const MOST_FILES: u64 = 64;

/// The walls that stand before the first thread is started: each binds only the thread that calls
/// and those it starts later. Returns what is missing.
pub(in crate::helper) fn before_threads(readable: &[PathBuf]) -> Vec<String> {
    let mut missing = vec![];
    let mut note = |wall: &str, why: String| missing.push(format!("{wall} ({why})"));
    close_inherited().unwrap_or_else(|why| note("closing of inherited handles", why.to_string()));
    let bound = set_parent_process_death_signal(Some(Signal::KILL)).map_err(io::Error::from);
    bound.unwrap_or_else(|why| note("death with the program", why.to_string()));
    for (resource, most) in [(Resource::Core, 0), (Resource::Nofile, MOST_FILES)] {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        setrlimit(resource, limit).unwrap_or_else(|why| note("resource limits", why.to_string()));
    }
    match restrict_files(readable) {
        Ok(RulesetStatus::NotEnforced) => note("Landlock", "this kernel does not have it".to_owned()),
        Ok(RulesetStatus::PartiallyEnforced | RulesetStatus::FullyEnforced) => {}
        Err(why) => note("Landlock", why.to_string()),
    }
    missing
}

/// The wall around system calls, for all threads there are; threads may still be started.
/// Returns what is missing.
pub(in crate::helper) fn after_threads() -> Vec<String> {
    restrict_calls().err().map(|why| format!("seccomp ({why})")).into_iter().collect()
}

/// Closes what the program's libraries left open to its children, such as its connection to the
/// display.
#[expect(unsafe_code, reason = "a system call; the proof stands at the call")]
fn close_inherited() -> io::Result<()> {
    // SAFETY: closing a handle is unsound when somebody owns it. This runs first in the helper's
    // process (or, in tests, in a thread of it that nothing else works beside), before anything
    // of ours is opened: only the standard streams, 0 to 2, are in use, and they stay.
    let status = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn restrict_files(readable: &[PathBuf]) -> Result<RulesetStatus, Fault> {
    let abi = ABI::V6;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(readable, AccessFs::ReadFile | AccessFs::ReadDir))?
        .restrict_self()?;
    Ok(status.ruleset)
}

fn restrict_calls() -> Result<(), Fault> {
    let refuse = |errno: i32| SeccompAction::Errno(errno.unsigned_abs());
    // The C library starts threads the old way where this is not there; the old way shows its
    // flags, so that threads can be told from processes.
    let no_clone3 = BTreeMap::from([(libc::SYS_clone3, vec![])]);
    apply(no_clone3, SeccompAction::Allow, refuse(libc::ENOSYS))?;
    apply(allowed()?, refuse(libc::EPERM), SeccompAction::Allow)
}

fn apply(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    matching: SeccompAction,
) -> Result<(), Fault> {
    let filter = SeccompFilter::new(rules, otherwise, matching, std::env::consts::ARCH.try_into()?)?;
    let program: seccompiler::BpfProgram = filter.try_into()?;
    Ok(apply_filter_all_threads(&program)?)
}

/// Calls that decoders and the runtime make, whatever their arguments.
const ALWAYS: &[i64] = &[
    // Memory.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    // Threads, time and chance.
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_clone3,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_nanosleep,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    // What is open.
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_getdents64,
    libc::SYS_lseek,
    libc::SYS_newfstatat,
    libc::SYS_pread64,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_sendto,
    libc::SYS_statx,
    libc::SYS_write,
    libc::SYS_writev,
];

/// `fcntl` commands that only ask.
const ASKING: &[i32] = &[libc::F_GETFD, libc::F_GETFL, libc::F_GET_SEALS];

/// `PR_SET_VMA` (linux/prctl.h): the C library names its memory.
const PR_SET_VMA: u64 = 0x5356_4d41;

fn allowed() -> Result<BTreeMap<i64, Vec<SeccompRule>>, Fault> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALWAYS.iter().map(|call| (*call, vec![])).collect();
    let mut add = |call: i64, argument: u8, operator: SeccompCmpOp, value: u64| -> Result<(), Fault> {
        // Numbers have 32 bits; the one pointer among them is compared whole.
        let length = if call == libc::SYS_prlimit64 { SeccompCmpArgLen::Qword } else { SeccompCmpArgLen::Dword };
        let condition = SeccompCondition::new(argument, length, operator, value)?;
        rules.entry(call).or_default().push(SeccompRule::new(vec![condition])?);
        Ok(())
    };
    let bits = |bits: i32| u64::from(bits.unsigned_abs());
    let none_of = |mask: i32| SeccompCmpOp::MaskedEq(bits(mask));
    // Memory that can be written to is never run.
    add(libc::SYS_mmap, 2, none_of(libc::PROT_EXEC), 0)?;
    add(libc::SYS_mprotect, 2, none_of(libc::PROT_EXEC), 0)?;
    // Files are only read; which of them, Landlock says.
    let writing = libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND;
    add(libc::SYS_openat, 2, none_of(writing), 0)?;
    // Threads, no processes.
    add(libc::SYS_clone, 0, none_of(libc::CLONE_THREAD), bits(libc::CLONE_THREAD))?;
    // Only the way down, for a decoder that aborts.
    add(libc::SYS_tgkill, 0, SeccompCmpOp::Eq, u64::from(std::process::id()))?;
    // Limits are asked for, not set.
    add(libc::SYS_prlimit64, 2, SeccompCmpOp::Eq, 0)?;
    add(libc::SYS_prctl, 0, SeccompCmpOp::Eq, bits(libc::PR_SET_NAME))?;
    add(libc::SYS_prctl, 0, SeccompCmpOp::Eq, PR_SET_VMA)?;
    for command in ASKING {
        add(libc::SYS_fcntl, 1, SeccompCmpOp::Eq, bits(*command))?;
    }
    Ok(rules)
}
