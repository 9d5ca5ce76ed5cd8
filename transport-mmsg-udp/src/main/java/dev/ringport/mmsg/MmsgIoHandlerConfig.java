// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import io.netty.util.internal.ObjectUtil;

/**
 * The sizes of one loop. Each loop of a group has memory of its own; the values hold for loops made after they were set.
 * Not thread-safe.
 */
public final class MmsgIoHandlerConfig {
    private static final int MAX_SLOTS = 1024;

    private int receiveSlots = 64;

    /** The defaults. */
    public MmsgIoHandlerConfig() {}

    /** Receive slots. Default 64. */
    public int receiveSlots() {
        return receiveSlots;
    }

    /**
     * Sets how many datagrams, or trains of them, one system call receives; what comes beyond waits in the socket's receive
     * buffer. All channels of the loop share them.
     *
     * <p>A slot has room for the largest train and takes 66,112 bytes of address space from the loop's first receive on;
     * resident are the pages that the kernel has written, one or two where datagrams are short. A slot that a train of
     * more than 8 KiB came into takes as much again, from the channel's allocator.
     *
     * @param slots 1 to 1,024
     * @throws IllegalArgumentException if out of range
     */
    public MmsgIoHandlerConfig receiveSlots(int slots) {
        receiveSlots = ObjectUtil.checkInRange(slots, 1, MAX_SLOTS, "slots");
        return this;
    }

    MmsgIoHandlerConfig copy() {
        return new MmsgIoHandlerConfig().receiveSlots(receiveSlots);
    }
}
