// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.ffm;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class BufferAddressTest {
    private static ByteBuf filled(ByteBuf buffer) {
        for (int i = 0; i < 32; i++) {
            buffer.writeByte(i);
        }
        return buffer;
    }

    private static ByteBuffer nio(int skipped) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        for (int i = 0; i < 32; i++) {
            buffer.put(skipped + i, (byte) i);
        }
        return buffer.position(skipped).limit(skipped + 32);
    }

    static Stream<Arguments> buffers() {
        return Stream.of(
                Arguments.of("pooled", filled(new PooledByteBufAllocator(true).directBuffer(64))),
                Arguments.of("unpooled", filled(UnpooledByteBufAllocator.DEFAULT.directBuffer(64))),
                Arguments.of("adaptive", filled(new AdaptiveByteBufAllocator(true).directBuffer(64))),
                Arguments.of("slice", filled(Unpooled.directBuffer(64).writeZero(5)).slice(5, 32)),
                Arguments.of("duplicate", filled(Unpooled.directBuffer(64)).duplicate()),
                Arguments.of("read-only", filled(Unpooled.directBuffer(64)).asReadOnly()),
                Arguments.of("wrapped", Unpooled.wrappedBuffer(nio(3))),
                Arguments.of("wrapped read-only", Unpooled.wrappedBuffer(nio(3).asReadOnlyBuffer())),
                Arguments.of(
                        "slice of wrapped read-only",
                        Unpooled.wrappedBuffer(nio(3).position(1).asReadOnlyBuffer()).slice(2, 32)),
                Arguments.of(
                        "composite of one",
                        Unpooled.compositeBuffer()
                                .addComponent(true, filled(Unpooled.directBuffer(64).writeZero(4)).skipBytes(4))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("buffers")
    void addressIsWhereTheByteReallyIs(String name, ByteBuf buffer) {
        try {
            for (int index = 0; index < 32; index++) {
                int length = 32 - index;
                long address = BufferAddress.of(buffer, index, length);
                byte there = NativeMemory.at(address, length).get(ValueLayout.JAVA_BYTE, 0);
                assertEquals(index, there, name);
            }
        } finally {
            buffer.release();
        }
    }

    @Test
    void heapBuffersAndCompositesOfSeveralHaveNone() {
        ByteBuf heap = Unpooled.buffer(8).writeZero(8);
        assertEquals(BufferAddress.NONE, BufferAddress.of(heap, 0, 8));
        heap.release();
        ByteBuf composite = Unpooled.compositeBuffer()
                .addComponents(true, filled(Unpooled.directBuffer(64)), filled(Unpooled.directBuffer(64)));
        assertEquals(BufferAddress.NONE, BufferAddress.of(composite, 0, 64));
        composite.release();
    }

    @Test
    void nioBufferIsAddressedAtItsPosition() {
        ByteBuffer buffer = nio(3).position(10);
        byte there = NativeMemory.at(BufferAddress.of(buffer), 1).get(ValueLayout.JAVA_BYTE, 0);
        assertEquals(7, there);
    }
}
