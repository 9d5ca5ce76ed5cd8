// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.receive;

import dev.ringport.linux.abi.Msghdr;
import dev.ringport.linux.receive.SlotMemory;
import dev.ringport.net.SocketAddressCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * Headers of receives that are armed for one datagram. The kernel writes name, control data and their lengths there, so
 * each receive in flight has one of its own, until its completion. They are used again by later receives of the loop.
 *
 * <pre>{@code
 *   0         56   64       96
 *   | msghdr  |    | name   | control[512]
 * }</pre>
 */
final class SingleShotHeaders {
    static final int NAME = 64;
    static final int CONTROL = NAME + SocketAddressCodec.ROOM;
    private static final int BYTES = CONTROL + SlotMemory.CONTROL_ROOM;

    private final Arena arena;
    private final ArrayDeque<MemorySegment> free = new ArrayDeque<>();

    SingleShotHeaders(Arena arena) {
        this.arena = arena;
    }

    /** A header ready for a receive. */
    MemorySegment take() {
        MemorySegment header = free.poll();
        if (header == null) {
            header = arena.allocate(BYTES, Long.BYTES);
        }
        Msghdr.msgName(header, 0, header.address() + NAME);
        Msghdr.msgNamelen(header, 0, SocketAddressCodec.ROOM);
        Msghdr.msgIov(header, 0, 0);
        Msghdr.msgIovlen(header, 0, 0);
        Msghdr.msgControl(header, 0, header.address() + CONTROL);
        Msghdr.msgControllen(header, 0, SlotMemory.CONTROL_ROOM);
        Msghdr.msgFlags(header, 0, 0);
        return header;
    }

    /** The receive has completed. */
    void giveBack(MemorySegment header) {
        free.push(header);
    }
}
