//! The memory of the npm package's modules.
//!
//! A piece has the size of a power of two; one that is free waits in the list of its size. So taking and giving back are
//! a few steps each, however much is in use: the handler keeps thousands of records. Std's allocator is 8 kB of code, and
//! small ones of crates search a list. What is given back is used again and never leaves the module, as with any memory of
//! WebAssembly.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::UnsafeCell;
use core::ptr;

/// A page of WebAssembly's memory, in bytes.
const PAGE: usize = 65_536;

/// Memory grows by what is needed, or by this part of what there is.
const GROWS_BY: usize = 16;

/// The smallest piece, in bytes: it must hold a pointer, and be aligned for everything.
const SMALLEST: usize = 16;

/// One list for each power of two that an address can have.
const SIZES: usize = usize::BITS as usize;

struct State {
    /// For each size the first free piece, which holds the address of the next one.
    free: [*mut u8; SIZES],
    /// Memory that was never used: from here to `end`.
    next: usize,
    end: usize,
}

struct Allocator(UnsafeCell<State>);

// SAFETY: the module has one thread.
unsafe impl Sync for Allocator {}

#[global_allocator]
static ALLOCATOR: Allocator = Allocator(UnsafeCell::new(State {
    free: [ptr::null_mut(); SIZES],
    next: 0,
    end: 0,
}));

/// The power of two of the piece that holds this.
fn power(layout: Layout) -> usize {
    let size = layout.size().max(layout.align()).max(SMALLEST);
    SIZES - (size - 1).leading_zeros() as usize
}

impl State {
    /// A piece that was never used; null where there is no more memory.
    fn fresh(&mut self, size: usize) -> *mut u8 {
        // Aligned to its size, up to a page.
        let align = size.min(PAGE) - 1;
        let mut start = (self.next + align) & !align;
        if start.saturating_add(size) > self.end {
            let needed = size.div_ceil(PAGE);
            // Each growth costs the runtime some 0.5 ms: page by page that was most of what a full handler did.
            let mut more = needed.max(self.end / PAGE / GROWS_BY);
            let mut grown = wasm32::memory_grow(0, more);
            if grown == usize::MAX && more > needed {
                more = needed;
                grown = wasm32::memory_grow(0, more);
            }
            if grown == usize::MAX {
                return ptr::null_mut();
            }
            let from = grown * PAGE;
            // What the linker or somebody else took lies between: it stays unused.
            if from != self.end || start > from {
                start = from;
            }
            self.end = from + more * PAGE;
        }
        self.next = start + size;
        start as *mut u8
    }
}

// SAFETY: a piece is in one list or in one hand. It is as large as its power of two, which is at least what was asked for,
// and aligned to that, up to a page: no layout of this crate asks for more.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let power = power(layout);
        // SAFETY: nothing else refers to the state while this runs: there is one thread, and this calls nobody back.
        let state = unsafe { &mut *self.0.get() };
        match state.free.get_mut(power) {
            Some(first) if !first.is_null() => {
                let piece = *first;
                // SAFETY: a free piece holds the address of the next one.
                *first = unsafe { *piece.cast() };
                piece
            }
            Some(_) => state.fresh(1 << power),
            None => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        // SAFETY: as above; and the piece is of this size, and no longer used.
        unsafe {
            let state = &mut *self.0.get();
            if let Some(first) = state.free.get_mut(power(layout)) {
                *piece.cast() = *first;
                *first = piece;
            }
        }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller says that this is a size, and a piece of this allocator.
        unsafe {
            let wanted = Layout::from_size_align_unchecked(size, layout.align());
            if power(wanted) == power(layout) {
                return piece;
            }
            let other = self.alloc(wanted);
            if !other.is_null() {
                ptr::copy_nonoverlapping(piece, other, layout.size().min(size));
                self.dealloc(piece, layout);
            }
            other
        }
    }
}
