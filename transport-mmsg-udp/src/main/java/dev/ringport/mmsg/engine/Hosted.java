// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.engine;

import dev.ringport.datagram.receive.DatagramReader;
import dev.ringport.datagram.send.DatagramSender;
import dev.ringport.linux.socket.LinuxSocket;
import io.netty.channel.Channel;

/** A channel as a loop that serves it sees it. Called on the loop only. */
public interface Hosted {
    /** The channel. */
    Channel channel();

    /** Its socket. */
    LinuxSocket socket();

    /** Its receiving side. */
    DatagramReader reader();

    /** Its sending side. */
    DatagramSender sender();

    /** Something that an end of the channel may wait for is over. */
    void progressed();

    /** The loop ends: the channel closes. */
    void close();

    /** The loop ends: a close that still waits ends. */
    void closeWithoutWaiting();
}
