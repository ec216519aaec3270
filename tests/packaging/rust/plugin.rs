// A connector in Rust over the C ABI: shows that a language needs nothing of
// ours but the layout of bb/abi/base.h, plugin.h and ext/view.h. For tests.
#![allow(non_camel_case_types, clippy::missing_safety_doc)]
use std::ffi::{c_char, c_void, CStr};
use std::mem::size_of;
use std::ptr::null;

type bb_status = i32;
const BB_OK: bb_status = 0;
const BB_E_NOT_FOUND: bb_status = 101;
const BB_E_CANCELLED: bb_status = 110;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct bb_str {
    data: *const u8,
    size: u64,
}

#[repr(C)]
pub struct bb_error {
    struct_size: u32,
    status: bb_status,
    domain: bb_str,
    domain_code: i64,
    message: bb_str,
    remote_detail: bb_str,
    retry_after_ms: u64,
}

#[repr(C)]
pub struct bb_call {
    struct_size: u32,
    reserved: u32,
    host_data: *mut c_void,
    call_id: u64,
    deadline_ns: i64,
    is_cancelled: extern "C" fn(*const bb_call) -> i32,
    set_error: extern "C" fn(*mut bb_call, *const bb_error),
    progress: extern "C" fn(*mut bb_call, u64, u64, bb_str),
}

#[repr(C)]
pub struct bb_item {
    struct_size: u32,
    flags: u32,
    id: bb_str,
    kind: bb_str,
    media_type: bb_str,
    title: bb_str,
    subject: bb_str,
    version: bb_str,
    parent: bb_str,
    updated_unix_ns: i64,
    size: u64,
}

#[repr(C)]
pub struct bb_item_sink {
    struct_size: u32,
    reserved: u32,
    host_data: *mut c_void,
    item: extern "C" fn(*mut bb_item_sink, *const bb_item) -> bb_status,
    cursor: extern "C" fn(*mut bb_item_sink, bb_str) -> bb_status,
}

#[repr(C)]
pub struct bb_content_sink {
    struct_size: u32,
    reserved: u32,
    host_data: *mut c_void,
    head: extern "C" fn(*mut bb_content_sink, *const bb_item, *const c_void, u64) -> bb_status,
    write: extern "C" fn(*mut bb_content_sink, bb_str) -> bb_status, // bb_bytes has the same layout
}

#[repr(C)]
pub struct bb_view {
    struct_size: u32,
    reserved: u32,
    list: extern "C" fn(*mut c_void, *mut bb_call, *const c_void, *mut bb_item_sink) -> bb_status,
    read: extern "C" fn(*mut c_void, *mut bb_call, bb_str, *mut bb_content_sink) -> bb_status,
}

#[repr(C)]
pub struct bb_connector_type {
    struct_size: u32,
    flags: u32,
    id: *const c_char,
    name: *const c_char,
    vendor: *const c_char,
    version: *const c_char,
    url: *const c_char,
    interfaces: *const *const c_char,
    config_schema: *const c_char,
}

#[repr(C)]
pub struct bb_plugin {
    struct_size: u32,
    abi_minor: u32,
    min_host_minor: u32,
    reserved: u32,
    id: *const c_char,
    version: *const c_char,
    init: extern "C" fn(*const c_void) -> bb_status,
    deinit: extern "C" fn(),
    type_at: extern "C" fn(u32) -> *const bb_connector_type,
    create: extern "C" fn(*const c_void, *mut bb_call, *const c_void, *mut *mut c_void) -> bb_status,
    destroy: extern "C" fn(*mut c_void),
    get_interface: extern "C" fn(*mut c_void, *const c_char) -> *const c_void,
}

// Pointers to static data only.
unsafe impl Sync for bb_plugin {}
unsafe impl Sync for bb_connector_type {}
struct Interfaces([*const c_char; 2]);
unsafe impl Sync for Interfaces {}

fn text(value: &'static str) -> bb_str {
    bb_str { data: value.as_ptr(), size: value.len() as u64 }
}

const ID: *const c_char = b"com.example.rust\0".as_ptr() as *const c_char;
const VERSION: *const c_char = b"1.0.0\0".as_ptr() as *const c_char;
const EMPTY: *const c_char = b"\0".as_ptr() as *const c_char;
static INTERFACES: Interfaces = Interfaces([b"bb.view/1\0".as_ptr() as *const c_char, null()]);
static TYPE: bb_connector_type = bb_connector_type {
    struct_size: size_of::<bb_connector_type>() as u32,
    flags: 0,
    id: ID,
    name: b"Rust\0".as_ptr() as *const c_char,
    vendor: b"Example, Inc.\0".as_ptr() as *const c_char,
    version: VERSION,
    url: EMPTY,
    interfaces: INTERFACES.0.as_ptr(),
    config_schema: null(),
};
static VIEW: bb_view = bb_view { struct_size: size_of::<bb_view>() as u32, reserved: 0, list, read };
static PLUGIN: bb_plugin = bb_plugin {
    struct_size: size_of::<bb_plugin>() as u32,
    abi_minor: 0,
    min_host_minor: 0,
    reserved: 0,
    id: ID,
    version: VERSION,
    init,
    deinit,
    type_at,
    create,
    destroy,
    get_interface,
};

fn note() -> bb_item {
    bb_item {
        struct_size: size_of::<bb_item>() as u32,
        flags: 0,
        id: text("1"),
        kind: text("summary"),
        media_type: text("text/plain"),
        title: text("A note"),
        subject: text(""),
        version: text(""),
        parent: text(""),
        updated_unix_ns: 0,
        size: u64::MAX,
    }
}

extern "C" fn list(_: *mut c_void, call: *mut bb_call, _: *const c_void, out: *mut bb_item_sink) -> bb_status {
    unsafe {
        if ((*call).is_cancelled)(call) != 0 {
            return BB_E_CANCELLED;
        }
        ((*out).item)(out, &note())
    }
}

extern "C" fn read(_: *mut c_void, call: *mut bb_call, id: bb_str, out: *mut bb_content_sink) -> bb_status {
    unsafe {
        if id.size != 1 || *id.data != b'1' {
            let error = bb_error {
                struct_size: size_of::<bb_error>() as u32,
                status: BB_E_NOT_FOUND,
                domain: text("rust"),
                domain_code: 0,
                message: text("there is no such note"),
                remote_detail: text(""),
                retry_after_ms: 0,
            };
            ((*call).set_error)(call, &error);
            return BB_E_NOT_FOUND;
        }
        match ((*out).head)(out, &note(), null(), 0) {
            BB_OK => ((*out).write)(out, text("Hello from Rust.")),
            stop => stop,
        }
    }
}

extern "C" fn init(_: *const c_void) -> bb_status {
    BB_OK
}
extern "C" fn deinit() {}
extern "C" fn type_at(index: u32) -> *const bb_connector_type {
    if index == 0 { &TYPE } else { null() }
}
extern "C" fn create(_: *const c_void, _: *mut bb_call, _: *const c_void, out: *mut *mut c_void) -> bb_status {
    unsafe { *out = Box::into_raw(Box::new(0u64)) as *mut c_void };
    BB_OK
}
extern "C" fn destroy(connector: *mut c_void) {
    unsafe { drop(Box::from_raw(connector as *mut u64)) };
}
extern "C" fn get_interface(_: *mut c_void, id: *const c_char) -> *const c_void {
    let is_view = unsafe { CStr::from_ptr(id) }.to_bytes() == b"bb.view/1";
    if is_view { &VIEW as *const bb_view as *const c_void } else { null() }
}

#[no_mangle]
pub extern "C" fn bb_plugin_v1() -> *const bb_plugin {
    &PLUGIN
}
