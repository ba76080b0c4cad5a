//! What a panic does in the npm package's modules: it traps. Std would bring the code that writes its message, which nobody
//! reads; the trap is an exception in JavaScript, and the core is built not to panic.

use core::panic::PanicInfo;

#[panic_handler]
fn trap(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
