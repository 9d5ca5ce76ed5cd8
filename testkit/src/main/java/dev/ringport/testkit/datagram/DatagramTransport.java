// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;

/**
 * A transport under test, and what the tests cannot learn of it by Netty's means.
 *
 * @param <C> its channel
 * @param <H> its handler
 */
public interface DatagramTransport<C extends CompletionDatagramChannel, H extends IoHandler> {
    /** A factory of handlers of default sizes. */
    IoHandlerFactory newHandlerFactory();

    Class<H> handlerClass();

    Class<C> channelClass();

    /** By the constructor without arguments. */
    C newChannel();

    C newChannel(SocketProtocolFamily family);

    /** By the constructor that Vert.x still calls. */
    @SuppressWarnings("deprecation") // of the type, which has to be taken all the same
    C newChannel(io.netty.channel.socket.InternetProtocolFamily family);

    /** Whether the channel may send a run of datagrams as one. */
    ChannelOption<Boolean> autoSegmentation();

    /** The operations that the system has not completed, of the handler's own too. */
    int operationsInFlight(IoHandler handler);

    /** As many as a handler without channels has in flight, between two turns. */
    int operationsAtRest();

    /** Whether memory of the handler is kept for good, since operations never completed. */
    boolean keepsMemory(IoHandler handler);

    /** The files and sockets that the process has open; always 0 on Windows, where nothing in Java counts them. */
    long openDescriptors();

    /** The memory that the process has, in bytes, the Java heap with it; always 0 on Windows. */
    long residentBytes();

    /**
     * Gives a socket more room than the process may ask for itself, if the test may do that.
     *
     * @param bound the socket's own address
     */
    default void enlargeReceiveBuffer(InetSocketAddress bound, int bytes) {}

    /**
     * Of so many datagrams of 1,000 bytes or less, as many as wait in a socket without one being dropped. Linux's largest
     * buffer, unless a machine allows more and where no privilege enlarges it, has room for about 180.
     */
    default int thatFit(int datagrams) {
        return datagrams;
    }

    /** Of so many rounds of a test as many as this transport's system makes in good time. */
    default int rounds(int rounds) {
        return rounds;
    }
}
