// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** A UDP socket of the JDK on the loopback address, for the far end of a test. */
public final class FarEnd implements AutoCloseable {
    private static final int RECEIVE_BUFFER = 8 << 20;
    private static final long LIMIT_MILLIS = 30_000;

    private final DatagramChannel channel;
    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(70_000);

    public FarEnd() throws IOException {
        channel = DatagramChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel.configureBlocking(false);
        selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
    }

    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    public void send(ByteBuffer payload, InetSocketAddress to) throws IOException {
        while (channel.send(payload, to) == 0) {
            Thread.onSpinWait();
        }
    }

    /** The next datagram that is there already, or null. The buffer is reused. */
    public ByteBuffer poll() throws IOException {
        buffer.clear();
        return channel.receive(buffer) == null ? null : buffer.flip();
    }

    /** The next datagram, or null if none came in half a minute. The buffer is reused. */
    public ByteBuffer take() throws IOException {
        ByteBuffer datagram = poll();
        long start = System.nanoTime();
        while (datagram == null && (System.nanoTime() - start) / 1_000_000 < LIMIT_MILLIS) {
            selector.select(LIMIT_MILLIS);
            for (SelectionKey key : selector.selectedKeys()) {
                assert key.isReadable();
            }
            selector.selectedKeys().clear();
            datagram = poll();
        }
        return datagram;
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
