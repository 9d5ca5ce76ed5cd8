// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.uring.testing.UringManualLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HandlerConfigTest {
    private static void assertLimits(int least, int most, IntFunction<?> setter) {
        assertThat(setter.apply(least)).isNotNull();
        assertThat(setter.apply(most)).isNotNull();
        assertThatThrownBy(() -> setter.apply(least - 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> setter.apply(most + 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        UringIoHandlerConfig config = new UringIoHandlerConfig();
        assertLimits(8, 32_768, config::submissionQueueEntries);
        assertLimits(8, 65_536, config::completionQueueEntries);
        assertLimits(1, 32_768, config::receiveSlots);
        assertLimits(0, 3_600_000, config::shutdownTimeoutMillis);
    }

    @Test
    void aRefusedValueChangesNothing() {
        UringIoHandlerConfig config = new UringIoHandlerConfig();
        assertThatThrownBy(() -> config.receiveSlots(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(config.receiveSlots()).isEqualTo(256);
    }

    @Test
    void sizesOfRingsAreRoundedUpToPowersOfTwo() {
        UringIoHandlerConfig config = new UringIoHandlerConfig().submissionQueueEntries(9)
                .completionQueueEntries(100)
                .receiveSlots(3);
        assertThat(config.submissionQueueEntries()).isEqualTo(16);
        assertThat(config.completionQueueEntries()).isEqualTo(128);
        assertThat(config.receiveSlots()).isEqualTo(4);
        assertThat(config.receiveSlots(1).receiveSlots()).isEqualTo(1);
        assertThat(config.submissionQueueEntries(32_768).submissionQueueEntries()).isEqualTo(32_768);
    }

    @Test
    void theCompletionQueueIsNeverTheSmaller() {
        UringIoHandlerConfig config = new UringIoHandlerConfig().completionQueueEntries(8).submissionQueueEntries(64);
        assertThat(config.completionQueueEntries()).isEqualTo(64);
    }

    @Test
    void theDefaultsAreAsDocumented() {
        UringIoHandlerConfig config = new UringIoHandlerConfig();
        assertThat(config.submissionQueueEntries()).isEqualTo(256);
        assertThat(config.completionQueueEntries()).isEqualTo(4096);
        assertThat(config.receiveSlots()).isEqualTo(256);
        assertThat(config.shutdownTimeoutMillis()).isEqualTo(2000);
    }

    @Test
    void theRingHasTheSizesOfTheConfig() {
        UringIoHandlerConfig config = new UringIoHandlerConfig().submissionQueueEntries(32).completionQueueEntries(128);
        try (UringManualLoop manual = new UringManualLoop(config)) {
            config.submissionQueueEntries(1024);
            assertThat(manual.handler().loop().operations().ring().submissions().entries()).isEqualTo(32);
            assertThat(manual.handler().loop().operations().ring().completions().entries()).isEqualTo(128);
        }
    }

    private static void assertLoops(UringEventLoopGroup group, int loops) {
        try {
            assertThat(group.executorCount()).isEqualTo(loops);
            EventLoopGroup next = group.next();
            assertThat(next).isInstanceOf(IoEventLoop.class);
            assertThat(((IoEventLoop) next).isIoType(UringIoHandler.class)).isTrue();
            assertThat(((IoEventLoop) next).isCompatible(UringIoHandle.class)).isTrue();
        } finally {
            Future<?> end = group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            assertThat(end.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void groupsHaveTheLoopsAskedFor() {
        assertLoops(new UringEventLoopGroup(3), 3);
        assertLoops(new UringEventLoopGroup(1, new DefaultThreadFactory("named", true)), 1);
        assertLoops(new UringEventLoopGroup(2, new UringIoHandlerConfig().completionQueueEntries(64)), 2);
        UringEventLoopGroup usual = new UringEventLoopGroup();
        assertLoops(usual,
                Integer.getInteger("io.netty.eventLoopThreads", Runtime.getRuntime().availableProcessors() * 2));
    }

    @Test
    void aGroupsThreadsComeFromItsFactory() {
        UringEventLoopGroup group = new UringEventLoopGroup(1, new DefaultThreadFactory("ringed", true));
        Future<String> name = group.submit(() -> Thread.currentThread().getName());
        assertThat(name.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
        assertThat(name.getNow()).startsWith("ringed");
        assertLoops(group, 1);
    }
}
