// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A watch that saw no leak would pass every test. */
class LeaksTest {
    private final Level before = ResourceLeakDetector.getLevel();

    @AfterEach
    void restore() {
        ResourceLeakDetector.setLevel(before);
    }

    static Stream<ByteBufAllocator> allocators() {
        return Stream.of(PooledByteBufAllocator.DEFAULT, UnpooledByteBufAllocator.DEFAULT);
    }

    private static void leak(ByteBufAllocator allocator) {
        ByteBuf lost = allocator.directBuffer(64);
        assertThat(lost.refCnt()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("allocators")
    void aBufferThatNobodyReleasedIsReportedWhateverTheLevelWas(ByteBufAllocator allocator) {
        ResourceLeakDetector.setLevel(Level.DISABLED);
        try (Leaks leaks = Leaks.watch()) {
            leak(allocator);
            assertThat(leaks.reports()).hasSize(1);
            assertThatThrownBy(leaks::assertNone).isInstanceOf(AssertionError.class);
        }
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(Level.DISABLED);
    }

    @Test
    void whatWasReleasedIsNot() {
        try (Leaks leaks = Leaks.watch()) {
            PooledByteBufAllocator.DEFAULT.directBuffer(64).release();
            leaks.assertNone();
        }
    }
}
