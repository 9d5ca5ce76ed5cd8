// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HandlerConfigTest {
    @Test
    void valuesOutOfRangeAreRefusedAndChangeNothing() {
        MmsgIoHandlerConfig config = new MmsgIoHandlerConfig();
        assertThat(config.receiveSlots()).isEqualTo(64);
        assertThatThrownBy(() -> config.receiveSlots(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.receiveSlots(1_025)).isInstanceOf(IllegalArgumentException.class);
        assertThat(config.receiveSlots()).isEqualTo(64);
        assertThat(config.receiveSlots(1).receiveSlots()).isEqualTo(1);
        assertThat(config.receiveSlots(1_024).receiveSlots()).isEqualTo(1_024);
    }

    private static void assertLoops(MmsgEventLoopGroup group, int loops) {
        try {
            assertThat(group.executorCount()).isEqualTo(loops);
            EventLoopGroup next = group.next();
            assertThat(next).isInstanceOf(IoEventLoop.class);
            assertThat(((IoEventLoop) next).isIoType(MmsgIoHandler.class)).isTrue();
            assertThat(((IoEventLoop) next).isCompatible(MmsgIoHandle.class)).isTrue();
        } finally {
            Future<?> end = group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            assertThat(end.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void groupsHaveTheLoopsAskedFor() {
        assertLoops(new MmsgEventLoopGroup(3), 3);
        assertLoops(new MmsgEventLoopGroup(1, new DefaultThreadFactory("named", true)), 1);
        assertLoops(new MmsgEventLoopGroup(2, new MmsgIoHandlerConfig().receiveSlots(8)), 2);
        assertLoops(new MmsgEventLoopGroup(),
                Integer.getInteger("io.netty.eventLoopThreads", Runtime.getRuntime().availableProcessors() * 2));
    }
}
