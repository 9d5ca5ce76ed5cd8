// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.datagram.DatagramTransport;
import io.netty.channel.IoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A transport for Linux under test.
 *
 * @param <C> its channel
 * @param <H> its handler
 */
public interface LinuxTransport<C extends CompletionDatagramChannel, H extends IoHandler>
        extends
            DatagramTransport<C, H> {
    /** For a socket that is there already. */
    C newChannel(int descriptor);

    /** What the channel's loop has counted, for a channel that is registered. */
    long count(CompletionDatagramChannel channel, LinuxCounter counter);

    @Override
    default long openDescriptors() {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    default long residentBytes() {
        try {
            String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
            return Long.parseLong(pages) * 4096;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    default void enlargeReceiveBuffer(InetSocketAddress bound, int bytes) {
        Posix.forceReceiveBuffer(Posix.descriptor(bound), bytes);
    }
}
