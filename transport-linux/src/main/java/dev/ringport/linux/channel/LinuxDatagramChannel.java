// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.channel;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.linux.socket.LinuxSocket;
import dev.ringport.linux.socket.LinuxSocketOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A UDP channel over a socket of Linux. */
public abstract class LinuxDatagramChannel extends CompletionDatagramChannel {
    private final LinuxSocket socket;
    private final LinuxSocketOptions options;

    /** A channel that closes the socket. */
    @SuppressWarnings("this-escape") // to what is called when an option changes, which nobody can before
    protected LinuxDatagramChannel(LinuxSocket socket) {
        this.socket = socket;
        options = new LinuxSocketOptions(socket);
        socket.beforeChange(this::sendBeforeChange);
    }

    /** The socket. */
    protected final LinuxSocket socket() {
        return socket;
    }

    final LinuxSocketOptions options() {
        return options;
    }

    @Override
    public abstract LinuxDatagramConfig<?> config();

    @Override
    public Memberships memberships() {
        return options;
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    protected boolean isInet6() {
        return socket.isInet6();
    }

    @Override
    protected void bindSocket(InetSocketAddress address) throws IOException {
        socket.bind(address);
    }

    @Override
    protected void connectSocket(InetSocketAddress address) throws IOException {
        socket.connect(address);
    }

    @Override
    protected void disconnectSocket() throws IOException {
        socket.disconnect();
    }

    @Override
    protected @Nullable InetSocketAddress socketAddress() {
        return socket.localAddress();
    }

    @Override
    protected void doClose() throws Exception {
        super.doClose();
        socket.close();
    }
}
