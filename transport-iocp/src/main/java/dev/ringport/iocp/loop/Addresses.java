// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.loop;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

/** What sockets take for an address. */
public final class Addresses {
    private Addresses() {}

    /**
     * The address, if a socket takes it.
     *
     * @throws UnresolvedAddressException if the host name has no address yet
     * @throws UnsupportedAddressTypeException if it is not of the Internet
     */
    public static InetSocketAddress requireResolved(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (internet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return internet;
    }
}
