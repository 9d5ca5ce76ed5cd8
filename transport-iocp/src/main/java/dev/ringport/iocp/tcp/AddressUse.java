// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.iocp.loop.OverlappedSocket;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;

import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_EXCLUSIVEADDRUSE;
import static dev.ringport.iocp.abi.WinsockConstants.SO_REUSEADDR;

/**
 * Who else may bind to the address of a server or connection: nobody, as the JDK has it on Windows, unless the user has
 * switched that off. {@code SO_REUSEADDR} is kept for whoever asks, and given to Windows only then. From any thread.
 */
public final class AddressUse {
    private final OverlappedSocket socket;
    private volatile boolean exclusive = true;
    private volatile boolean reuse;

    /** For a new socket. */
    public AddressUse(OverlappedSocket socket) {
        this.socket = socket;
    }

    /** Whether nobody else may bind to the address. */
    public boolean isExclusive() {
        return exclusive;
    }

    /** Takes effect at the bind. */
    public void exclusive(boolean on) {
        exclusive = on;
    }

    /** What was asked for. */
    public boolean isReuse() {
        checkOpen();
        return reuse;
    }

    /** Takes effect at the bind, unless it is exclusive. */
    public void reuse(boolean on) {
        checkOpen();
        reuse = on;
    }

    /** As other options of a closed channel, whose values come from the system. */
    private void checkOpen() {
        if (!socket.isOpen()) {
            throw new ChannelException(new ClosedChannelException());
        }
    }

    /** Windows takes either option before the bind alone, and not both. */
    public void beforeBind() throws IOException {
        if (exclusive) {
            socket.setInt(SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
        } else if (reuse) {
            // An earlier bind may have failed when it was exclusive.
            socket.trySetInt(SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 0);
            socket.setInt(SOL_SOCKET, SO_REUSEADDR, 1);
        }
    }
}
