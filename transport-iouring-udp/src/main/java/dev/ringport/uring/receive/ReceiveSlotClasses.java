// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.uring.abi.Msghdr;
import dev.ringport.uring.ring.Ring;
import dev.ringport.uring.ring.RingSetupException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The memory of one loop's receives: slots of the usual size and of 64 KiB, each made at first use, and headers. */
final class ReceiveSlotClasses {
    private static final int SMALL_GROUP = 0;
    private static final int LARGE_GROUP = 1;
    private static final int LARGE_PAYLOAD = 65_536;

    private final Ring ring;
    private final SlotSizes sizes;
    private final ControlMessageReader controlReader = new ControlMessageReader();
    private final Arena arena;
    private final SingleShotHeaders singleShotHeaders;
    private final MemorySegment multishotHeader;
    private @Nullable ReceiveSlots small;
    private @Nullable ReceiveSlots large;

    ReceiveSlotClasses(Ring ring, SlotSizes sizes, Arena arena) {
        this.ring = ring;
        this.sizes = sizes;
        this.arena = arena;
        singleShotHeaders = new SingleShotHeaders(arena);
        multishotHeader = arena.allocate(Msghdr.LAYOUT);
        Msghdr.msgNamelen(multishotHeader, 0, SocketAddressCodec.ROOM);
        Msghdr.msgControllen(multishotHeader, 0, ReceiveSlots.CONTROL_ROOM);
    }

    /** The header of all multishot receives: only the lengths count, and it never changes. */
    long multishotHeader() {
        return multishotHeader.address();
    }

    ControlMessageReader controlReader() {
        return controlReader;
    }

    SingleShotHeaders singleShotHeaders() {
        return singleShotHeaders;
    }

    /** The slots for datagrams of up to the given size. */
    ReceiveSlots forPayload(int bytes) throws RingSetupException {
        if (bytes <= sizes.smallBytes()) {
            if (small == null) {
                small = ReceiveSlots.copied(ring, SMALL_GROUP, sizes.small(), sizes.smallBytes(), arena);
            }
            return small;
        }
        if (large == null) {
            large = ReceiveSlots.replaceable(ring, LARGE_GROUP, sizes.large(), LARGE_PAYLOAD, arena);
        }
        return large;
    }

    /** Native memory of all slots. */
    long bytes() {
        return (small == null ? 0 : small.bytes()) + (large == null ? 0 : large.bytes());
    }

    /** Frees the slots. Only with no receive in flight. */
    void close() {
        if (small != null) {
            small.close();
        }
        if (large != null) {
            large.close();
        }
    }
}
