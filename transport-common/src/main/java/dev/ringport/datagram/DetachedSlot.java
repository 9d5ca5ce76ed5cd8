// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

/** The Java half of a slot whose native half is not needed while it waits. */
final class DetachedSlot extends SendSlot {
    private DetachedSlot() {}

    /** What the slot owned and gathered; the slot itself goes back to its port. */
    static SendSlot of(SendSlot slot, SendPort port) {
        if (slot instanceof DetachedSlot) {
            return slot;
        }
        DetachedSlot detached = new DetachedSlot();
        slot.moveTo(detached);
        port.release(slot);
        return detached;
    }
}
