//! The default file system of SQLite in this process: hands everything on to the one of the platform, and
//! tells the [`Recording`] of a watched folder what was written, cut, synced, made and deleted.
#![expect(
    unsafe_code,
    reason = "SQLite's file systems are tables of C functions; this is the only one we have"
)]

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};

use rusqlite::ffi;

use super::recording::{FileId, Recording, Step};

/// An open file as SQLite holds it. The platform's own follows it in memory.
#[repr(C)]
struct Shimmed {
    base: ffi::sqlite3_file,
    /// Owned; null where nobody watches.
    watched: *mut Watched,
}

struct Watched {
    recording: Arc<Recording>,
    file: FileId,
    /// The platform's file system syncs the folder along with the first sync of a log or journal that it
    /// made (`UNIXFILE_DIRSYNC` in SQLite's os_unix.c), and of no other file.
    syncs_folder: AtomicBool,
}

/// Makes this the default file system of the process, once.
pub fn install() {
    static INSTALLED: Once = Once::new();
    // SAFETY: the platform's table lives as long as the process, and so does the leaked copy, in which only
    // the functions below were put in, whose types the compiler checked.
    INSTALLED.call_once(|| unsafe {
        let platform = ffi::sqlite3_vfs_find(std::ptr::null());
        assert!(!platform.is_null(), "SQLite has a file system for this platform");
        let shim = Box::leak(Box::new(ffi::sqlite3_vfs {
            szOsFile: size_of::<Shimmed>() as c_int + (*platform).szOsFile,
            pNext: std::ptr::null_mut(),
            zName: c"recorded".as_ptr(),
            pAppData: platform.cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            ..*platform
        }));
        assert_eq!(ffi::sqlite3_vfs_register(shim, 1), ffi::SQLITE_OK);
    });
}

/// The platform's file system.
///
/// # Safety
/// `shim` is the table that [`install`] made.
unsafe fn platform(shim: *mut ffi::sqlite3_vfs) -> *mut ffi::sqlite3_vfs {
    // SAFETY: `install` put it there.
    unsafe { (*shim).pAppData.cast() }
}

/// The platform's part of an open file.
///
/// # Safety
/// `file` points to as many bytes as `install` told SQLite that a file needs.
unsafe fn inner(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: it begins behind ours, within the same bytes.
    unsafe { file.cast::<Shimmed>().add(1).cast() }
}

/// # Safety
/// `file` was opened by [`open`] and is not closed.
unsafe fn watched<'a>(file: *mut ffi::sqlite3_file) -> Option<&'a Watched> {
    // SAFETY: `open` put a pointer of its own or null there.
    unsafe { (*file.cast::<Shimmed>()).watched.as_ref() }
}

/// # Safety
/// `name` is null or ends with a zero.
unsafe fn watching(name: *const c_char) -> Option<(Arc<Recording>, String)> {
    if name.is_null() {
        return None;
    }
    // SAFETY: as the caller says.
    let name = unsafe { CStr::from_ptr(name) };
    Recording::of(Path::new(OsStr::from_bytes(name.to_bytes())))
}

/// Calls the platform's function for its part of the file.
macro_rules! hand_on {
    ($file:expr, $function:ident($($argument:expr),*)) => {{
        let inner = inner($file);
        ((*(*inner).pMethods).$function.expect("the platform's files can do it"))(inner $(, $argument)*)
    }};
}
unsafe extern "C" fn open(
    shim: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite hands in what `install` told it to, and the platform gets what it would have got.
    unsafe {
        let platform = platform(shim);
        let open = (*platform).xOpen.expect("SQLite requires it");
        let shimmed = file.cast::<Shimmed>();
        (*shimmed).base.pMethods = std::ptr::null();
        (*shimmed).watched = std::ptr::null_mut();
        let outcome = open(platform, name, inner(file), flags, flags_out);
        if outcome == ffi::SQLITE_OK {
            (*shimmed).base.pMethods = &raw const METHODS;
            if let Some((recording, name)) = watching(name) {
                let (id, is_new) = recording.opened(&name).expect("a file that was opened is there");
                let is_log = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
                let syncs_folder = AtomicBool::new(is_new && is_log);
                let watched = Watched { recording, file: id, syncs_folder };
                (*shimmed).watched = Box::into_raw(Box::new(watched));
            }
        }
        outcome
    }
}

unsafe extern "C" fn delete(shim: *mut ffi::sqlite3_vfs, name: *const c_char, syncs_folder: c_int) -> c_int {
    // SAFETY: as in `open`.
    unsafe {
        let platform = platform(shim);
        let outcome = (*platform).xDelete.expect("SQLite requires it")(platform, name, syncs_folder);
        if let (ffi::SQLITE_OK, Some((recording, name))) = (outcome, watching(name)) {
            recording.deleted(&name);
            if syncs_folder != 0 {
                recording.add(Step::FolderSynced);
            }
        }
        outcome
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file that `open` opened, once.
    unsafe {
        let watched = std::mem::replace(&mut (*file.cast::<Shimmed>()).watched, std::ptr::null_mut());
        if !watched.is_null() {
            drop(Box::from_raw(watched));
        }
        hand_on!(file, xClose())
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite says that there are `length` bytes.
    unsafe {
        let Some(watched) = watched(file) else { return hand_on!(file, xWrite(bytes, length, at)) };
        let is_full = watched.recording.has_no_room();
        // What there was room for is written all the same.
        let length = if is_full { length / 2 } else { length };
        let outcome = hand_on!(file, xWrite(bytes, length, at));
        if outcome == ffi::SQLITE_OK {
            let bytes = std::slice::from_raw_parts(bytes.cast::<u8>(), length as usize);
            watched.recording.add(Step::Wrote(watched.file, at as u64, bytes.into()));
        }
        if is_full { ffi::SQLITE_FULL } else { outcome }
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    // SAFETY: as SQLite asked.
    unsafe {
        let outcome = hand_on!(file, xTruncate(size));
        if let (ffi::SQLITE_OK, Some(watched)) = (outcome, watched(file)) {
            watched.recording.add(Step::Cut(watched.file, size as u64));
        }
        outcome
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: as SQLite asked.
    unsafe {
        if let Some(watched) = watched(file) {
            let mut size = 0;
            hand_on!(file, xFileSize(&raw mut size));
            if let Some(pages) = watched.recording.fails_to_sync(watched.file, size as usize) {
                for (at, page) in pages {
                    hand_on!(file, xWrite(page.as_ptr().cast(), page.len() as c_int, at as i64));
                }
                return ffi::SQLITE_IOERR_FSYNC;
            }
        }
        let outcome = hand_on!(file, xSync(flags));
        if let (ffi::SQLITE_OK, Some(watched)) = (outcome, watched(file)) {
            watched.recording.add(Step::Synced(watched.file));
            if watched.syncs_folder.swap(false, Ordering::Relaxed) {
                watched.recording.add(Step::FolderSynced);
            }
        }
        outcome
    }
}

/// A function that only hands on.
macro_rules! handed_on {
    ($name:ident, $function:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?) => {
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file $(, $argument: $type)*) $(-> $result)? {
            // SAFETY: the platform gets what it would have got without us.
            unsafe { hand_on!(file, $function($($argument),*)) }
        }
    };
}

handed_on!(read, xRead(bytes: *mut c_void, length: c_int, at: ffi::sqlite3_int64) -> c_int);
handed_on!(file_size, xFileSize(size: *mut ffi::sqlite3_int64) -> c_int);
handed_on!(lock, xLock(level: c_int) -> c_int);
handed_on!(unlock, xUnlock(level: c_int) -> c_int);
handed_on!(check_reserved_lock, xCheckReservedLock(is_locked: *mut c_int) -> c_int);
handed_on!(file_control, xFileControl(what: c_int, argument: *mut c_void) -> c_int);
handed_on!(sector_size, xSectorSize() -> c_int);
handed_on!(device_characteristics, xDeviceCharacteristics() -> c_int);
handed_on!(shm_map, xShmMap(page: c_int, size: c_int, extends: c_int, at: *mut *mut c_void) -> c_int);
handed_on!(shm_lock, xShmLock(offset: c_int, count: c_int, flags: c_int) -> c_int);
handed_on!(shm_barrier, xShmBarrier());
handed_on!(shm_unmap, xShmUnmap(deletes: c_int) -> c_int);

/// Of the second version: without reading through memory maps, which the store doesn't ask for.
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
