// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.send;

import dev.ringport.datagram.send.SendOperation;
import dev.ringport.datagram.send.SendSlot;
import dev.ringport.linux.abi.Iovec;
import dev.ringport.linux.abi.Msghdr;
import dev.ringport.linux.abi.SocketConstants;
import dev.ringport.net.ControlMessageWriter;
import dev.ringport.net.Peer;
import dev.ringport.net.SocketAddressCodec;
import java.lang.foreign.MemorySegment;

/**
 * A send operation with the native memory that the kernel reads until it has completed. The memory belongs to the
 * loop's arena and is this slot's alone.
 *
 * <pre>{@code
 *   0         56   64         96        128
 *   | msghdr  |    | address  | control  | iovec[64]
 * }</pre>
 */
public abstract class LinuxSendSlot extends SendSlot {
    private static final int ADDRESS = 64;
    private static final int CONTROL = ADDRESS + SocketAddressCodec.ROOM;
    private static final int IOVECS = CONTROL + 32;
    /** What one slot takes in bytes. */
    public static final long BYTES = IOVECS + SendOperation.MAX_PIECES * Iovec.BYTES;

    private final MemorySegment memory;
    private final long base;

    /** The slot from {@code base} on. */
    protected LinuxSendSlot(MemorySegment memory, long base) {
        this.memory = memory;
        this.base = base;
    }

    /** The native address of the slot, where its own {@code msghdr} lies. */
    protected final long address() {
        return memory.address() + base;
    }

    /** The native address of the peer's address, once it is written. */
    protected final long name() {
        return address() + ADDRESS;
    }

    /**
     * Writes the address of the peer that the call has to name.
     *
     * @return its length; 0 on a socket that is connected to the peer
     */
    protected final int writeName(SendOperation sent) {
        Peer to = sent.recipient();
        if (to == null) {
            return 0;
        }
        to.copyTo(memory, base + ADDRESS);
        return to.length();
    }

    /** Writes the slot's own {@code msghdr}, and all that it refers to. */
    protected final void writeMessage(SendOperation sent) {
        writeMessage(sent, memory, base);
    }

    /** Writes a {@code msghdr} elsewhere, and what it refers to into the slot. */
    protected final void writeMessage(SendOperation sent, MemorySegment headers, long header) {
        int nameBytes = writeName(sent);
        int pieces = sent.pieces();
        for (int i = 0; i < pieces; i++) {
            long iovec = base + IOVECS + i * Iovec.BYTES;
            Iovec.iovBase(memory, iovec, sent.address(i));
            Iovec.iovLen(memory, iovec, sent.length(i));
        }
        int control = sent.segmentSize() == 0
                ? 0
                : ControlMessageWriter.putShort(
                        memory,
                        base + CONTROL,
                        SocketConstants.SOL_UDP,
                        SocketConstants.UDP_SEGMENT,
                        sent.segmentSize());
        long address = address();
        Msghdr.msgName(headers, header, nameBytes == 0 ? 0 : address + ADDRESS);
        Msghdr.msgNamelen(headers, header, nameBytes);
        Msghdr.msgIov(headers, header, address + IOVECS);
        Msghdr.msgIovlen(headers, header, pieces);
        Msghdr.msgControl(headers, header, control == 0 ? 0 : address + CONTROL);
        Msghdr.msgControllen(headers, header, control);
        Msghdr.msgFlags(headers, header, 0);
    }
}
