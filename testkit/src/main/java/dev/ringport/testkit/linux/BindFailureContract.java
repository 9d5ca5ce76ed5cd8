// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.linux;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.ManualLoop;
import dev.ringport.testkit.NetworkNamespace;
import dev.ringport.testkit.Posix;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.datagram.DatagramContract;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What is caught where a port takes a right that the process lacks. */
public abstract class BindFailureContract extends DatagramContract {
    private static final int CAP_NET_BIND_SERVICE = 10;

    protected BindFailureContract(LinuxTransport<?, ?> transport) {
        super(transport);
    }

    @Test
    protected void aPortThatTheProcessMayNotHaveIsABindException() throws Exception {
        Path firstOfAnybody = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        if (NetworkNamespace.isEntered()) {
            Files.writeString(firstOfAnybody, "1024");
        }
        assumeTrue(Integer.parseInt(Files.readAllLines(firstOfAnybody).getFirst()) > 80, "anybody may have the port");
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            // The right is the thread's, and goes with it.
            Posix.giveUp(CAP_NET_BIND_SERVICE);
            try (ManualLoop<?, ?> manual = newLoop()) {
                CompletionDatagramChannel channel = manual.register(new ChannelInboundHandlerAdapter());
                ChannelFuture bind = channel.bind(Udp.at("127.0.0.1", 80));
                manual.until("the bind has failed", bind::isDone);
                assertThat(channel.isOpen()).isTrue();
                outcome.complete(bind.cause());
            } catch (Throwable failed) {
                outcome.completeExceptionally(failed);
            }
        });
        assertThat(outcome.get(Udp.PATIENCE_SECONDS, TimeUnit.SECONDS)).isInstanceOf(BindException.class)
                .hasMessageContaining("EACCES");
    }
}
