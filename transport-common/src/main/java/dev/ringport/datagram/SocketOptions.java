// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import java.io.IOException;
import java.net.NetworkInterface;

/** The socket options that both systems know, on one socket. From any thread, also after close. */
public interface SocketOptions {
    /** Options whose value is a number; flags are 0 and 1. */
    enum Option {
        /** {@code SO_BROADCAST}. */
        BROADCAST,
        /** {@code SO_RCVBUF} in bytes, as it was set. */
        RECEIVE_BUFFER,
        /** {@code SO_SNDBUF} in bytes, as it was set. */
        SEND_BUFFER,
        /** {@code SO_REUSEADDR}. */
        REUSE_ADDRESS,
        /** {@code IP_TOS}, and {@code IPV6_TCLASS} on IPv6 sockets. */
        TRAFFIC_CLASS,
        /** {@code IP_MULTICAST_TTL}, and {@code IPV6_MULTICAST_HOPS} on IPv6 sockets. */
        MULTICAST_TTL,
        /** {@code IP_MULTICAST_LOOP}, and {@code IPV6_MULTICAST_LOOP} on IPv6 sockets: 1 loops back. */
        MULTICAST_LOOP
    }

    /** Reads an option. */
    int get(Option option) throws IOException;

    /** Sets an option. */
    void set(Option option, int value) throws IOException;

    /** Sets the interface that multicast datagrams leave by. */
    void setMulticastInterface(NetworkInterface networkInterface) throws IOException;
}
