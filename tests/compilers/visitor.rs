// SPDX-License-Identifier: BSD-3-Clause
//! Momentum in Rust, without crates: rustc --crate-type cdylib -C opt-level=3 visitor.rs
//!
//! The structs below are those of <ravine/abi.h>, release 1.0. No panic may leave a function: `guarded` turns one
//! into a status and its text into the host's error.
#![deny(improper_ctypes_definitions)]

use std::ffi::{c_void, CString};
use std::os::raw::c_char;
use std::panic::{catch_unwind, AssertUnwindSafe};

type Status = i32;
const OK: Status = 0;
const FAILED: Status = -1;

const F32: u32 = 1;
const REAL: u32 = 1;
const SCALE_LOG: u32 = 2;
const SCHEDULABLE: u64 = 1;
const OPEN_BELOW: u64 = 2;
const OPEN_ABOVE: u64 = 4;
const OPTIMIZER: u32 = 1;
const ELEMENTWISE: u64 = 1;
const MAGIC: u32 = 0x4E49_5652;

#[repr(C)]
pub struct Host {
    struct_size: u32,
    abi_major: u32,
    abi_minor: u32,
    reserved: u32,
    log: extern "C" fn(*const Host, u32, *const c_char),
    set_error: extern "C" fn(*const Host, *const c_char),
    get_extension: extern "C" fn(*const Host, *const c_char) -> *const c_void,
}

#[repr(C)]
struct ParamInfo {
    struct_size: u32,
    kind: u32,
    name: *const c_char,
    doc: *const c_char,
    flags: u64,
    default_value: f64,
    minimum: f64,
    maximum: f64,
    search_low: f64,
    search_high: f64,
    search_scale: u32,
    choice_count: u32,
    choices: *const *const c_char,
    default_list_count: u64,
    default_list: *const i64,
}

#[repr(C)]
pub struct Config {
    struct_size: u32,
    reserved: u32,
    count: u64,
    values: *const f64,
    lists: *const c_void,
}

#[repr(C)]
pub struct Layout {
    struct_size: u32,
    dtype: u32,
    size: u64,
    tensor_count: u64,
    tensors: *const *const c_void,
}

#[repr(C)]
pub struct StateArray {
    struct_size: u32,
    dtype: u32,
    name: *const c_char,
    count: u64,
}

#[repr(C)]
pub struct StateSink {
    context: *mut c_void,
    add: extern "C" fn(*mut c_void, *const StateArray) -> Status,
}

#[repr(C)]
pub struct Step {
    struct_size: u32,
    reserved: u32,
    step: u64,
    epoch: u64,
    total_steps: u64,
    total_epochs: u64,
    offset: u64,
    n: u64,
    params: *mut c_void,
    grads: *const c_void,
    state: *const *mut c_void,
    values: *const f64,
    loss: f64,
    seed: u64,
    closure: *const c_void,
}

type PointFunction = Option<extern "C" fn(*const c_void, *const Step, *mut c_void) -> Status>;

#[repr(C)]
struct OptimizerTable {
    struct_size: u32,
    reserved: u32,
    create: extern "C" fn(*const Host, *const Layout, *const Config, *mut *mut c_void) -> Status,
    destroy: extern "C" fn(*mut c_void),
    state: extern "C" fn(*const c_void, *const StateSink) -> Status,
    init_state: Option<extern "C" fn(*const c_void, *const Step) -> Status>,
    step: extern "C" fn(*const c_void, *const Step) -> Status,
    gradient_point: PointFunction,
    evaluation_point: PointFunction,
    get_extension: Option<extern "C" fn(*const c_void, *const c_char) -> *const c_void>,
}

#[repr(C)]
struct Component {
    struct_size: u32,
    kind: u32,
    id: *const c_char,
    summary: *const c_char,
    reference: *const c_char,
    doc: *const c_char,
    capabilities: u64,
    param_count: u64,
    params: *const *const ParamInfo,
    functions: *const c_void,
}

#[repr(C)]
pub struct Plugin {
    struct_size: u32,
    magic: u32,
    abi_major: u32,
    abi_minor: u32,
    name: *const c_char,
    version: *const c_char,
    author: *const c_char,
    license: *const c_char,
    component_count: u64,
    components: *const *const Component,
}

/// Static tables hold pointers to static data that nobody changes.
#[repr(transparent)]
struct Shared<T>(T);
unsafe impl<T> Sync for Shared<T> {}

/// What an instance keeps.
struct Instance {
    host: *const Host,
    dtype: u32,
    size: u64,
}

fn guarded(host: *const Host, body: impl FnOnce() -> Status) -> Status {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string()))
            .unwrap_or_else(|| "the plugin panicked".to_string());
        let text = CString::new(text.replace('\0', " ")).unwrap_or_default();
        unsafe { ((*host).set_error)(host, text.as_ptr()) };
        FAILED
    })
}

extern "C" fn create(
    host: *const Host,
    layout: *const Layout,
    config: *const Config,
    result: *mut *mut c_void,
) -> Status {
    guarded(host, || {
        let lr = unsafe { *(*config).values };
        assert!(lr <= 1e6, "lr is {}, 1000000 at most", lr);
        let (dtype, size) = unsafe { ((*layout).dtype, (*layout).size) };
        let made = Box::new(Instance { host, dtype, size });
        unsafe { *result = Box::into_raw(made).cast() };
        OK
    })
}

extern "C" fn destroy(instance: *mut c_void) {
    drop(unsafe { Box::from_raw(instance.cast::<Instance>()) });
}

extern "C" fn state(instance: *const c_void, sink: *const StateSink) -> Status {
    let own = unsafe { &*instance.cast::<Instance>() };
    let v = StateArray {
        struct_size: std::mem::size_of::<StateArray>() as u32,
        dtype: own.dtype,
        name: "v\0".as_ptr().cast(),
        count: own.size,
    };
    unsafe { ((*sink).add)((*sink).context, &v) }
}

macro_rules! step_of {
    ($name:ident, $t:ty) => {
        fn $name(s: &Step) {
            let n = s.n as usize;
            let (p, g, v, lr, beta) = unsafe {
                (
                    std::slice::from_raw_parts_mut(s.params.cast::<$t>(), n),
                    std::slice::from_raw_parts(s.grads.cast::<$t>(), n),
                    std::slice::from_raw_parts_mut((*s.state).cast::<$t>(), n),
                    *s.values as $t,
                    *s.values.add(1) as $t,
                )
            };
            for ((p, g), v) in p.iter_mut().zip(g).zip(v) {
                *v = beta * *v + g;
                *p -= lr * *v;
            }
        }
    };
}
step_of!(step_f32, f32);
step_of!(step_f64, f64);

extern "C" fn step(instance: *const c_void, s: *const Step) -> Status {
    let own = unsafe { &*instance.cast::<Instance>() };
    guarded(own.host, || {
        let s = unsafe { &*s };
        if own.dtype == F32 {
            step_f32(s)
        } else {
            step_f64(s)
        }
        OK
    })
}

const fn text(words: &'static str) -> *const c_char {
    words.as_ptr().cast() // ends with \0
}

const fn size_of<T>() -> u32 {
    std::mem::size_of::<T>() as u32
}

static LR: Shared<ParamInfo> = Shared(ParamInfo {
    struct_size: size_of::<ParamInfo>(),
    kind: REAL,
    name: text("lr\0"),
    doc: text("learning rate\0"),
    flags: SCHEDULABLE | OPEN_BELOW,
    default_value: 0.01,
    minimum: 0.0,
    maximum: f64::INFINITY,
    search_low: 1e-4,
    search_high: 1.0,
    search_scale: SCALE_LOG,
    choice_count: 0,
    choices: std::ptr::null(),
    default_list_count: 0,
    default_list: std::ptr::null(),
});

static BETA: Shared<ParamInfo> = Shared(ParamInfo {
    struct_size: size_of::<ParamInfo>(),
    kind: REAL,
    name: text("beta\0"),
    doc: text("decay of v\0"),
    flags: SCHEDULABLE | OPEN_ABOVE,
    default_value: 0.9,
    minimum: 0.0,
    maximum: 1.0,
    search_low: 0.0,
    search_high: 0.0,
    search_scale: 0,
    choice_count: 0,
    choices: std::ptr::null(),
    default_list_count: 0,
    default_list: std::ptr::null(),
});

static PARAMS: Shared<[&Shared<ParamInfo>; 2]> = Shared([&LR, &BETA]);

static FUNCTIONS: OptimizerTable = OptimizerTable {
    struct_size: size_of::<OptimizerTable>(),
    reserved: 0,
    create,
    destroy,
    state,
    init_state: None,
    step,
    gradient_point: None,
    evaluation_point: None,
    get_extension: None,
};

static COMPONENT: Shared<Component> = Shared(Component {
    struct_size: size_of::<Component>(),
    kind: OPTIMIZER,
    id: text("visitor\0"),
    summary: text("Momentum in Rust\0"),
    reference: text("\0"),
    doc: text("v <- beta v + g,  p <- p - lr v\0"),
    capabilities: ELEMENTWISE,
    param_count: 2,
    params: &PARAMS as *const _ as *const *const ParamInfo,
    functions: &FUNCTIONS as *const _ as *const c_void,
});

static COMPONENTS: Shared<[&Shared<Component>; 1]> = Shared([&COMPONENT]);

static PLUGIN: Shared<Plugin> = Shared(Plugin {
    struct_size: size_of::<Plugin>(),
    magic: MAGIC,
    abi_major: 1,
    abi_minor: 0,
    name: text("visitor\0"),
    version: text("1.0.0\0"),
    author: text("Ravine's tests\0"),
    license: text("BSD-3-Clause\0"),
    component_count: 1,
    components: &COMPONENTS as *const _ as *const *const Component,
});

/// The one symbol that is exported.
#[no_mangle]
pub extern "C" fn ravine_plugin_v1(_: *const Host) -> *const Plugin {
    std::panic::set_hook(Box::new(|_| {})); // the host shows the text
    &PLUGIN.0
}
