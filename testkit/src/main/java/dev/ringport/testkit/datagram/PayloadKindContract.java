// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.socket.DatagramPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Every kind of buffer as a payload. */
public abstract class PayloadKindContract extends UdpContract {
    protected PayloadKindContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    private static final int LENGTH = 1_000;

    private static byte[] content() {
        byte[] bytes = new byte[LENGTH];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static ByteBuffer directNio(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static ByteBuf shifted(ByteBuf target, byte[] bytes) {
        return target.writeZero(13).writeBytes(bytes).writeZero(7).readerIndex(13).writerIndex(13 + bytes.length);
    }

    private static CompositeByteBuf composite(byte[] bytes, int parts, int heapPart) {
        CompositeByteBuf composite = Unpooled.compositeBuffer(Integer.MAX_VALUE);
        int size = bytes.length / parts;
        for (int i = 0; i < parts; i++) {
            byte[] part = Arrays.copyOfRange(bytes, i * size, i == parts - 1 ? bytes.length : (i + 1) * size);
            composite.addComponent(true, i == heapPart ? Unpooled.wrappedBuffer(part) : Udp.direct(part));
        }
        return composite;
    }

    static Stream<Named<Function<byte[], ByteBuf>>> kinds() {
        Map<String, Function<byte[], ByteBuf>> kinds = new TreeMap<>();
        kinds.put("heap", Unpooled::wrappedBuffer);
        kinds.put("heap with a reader index", bytes -> shifted(Unpooled.buffer(), bytes));
        kinds.put("unpooled direct", Udp::direct);
        kinds.put("pooled direct", bytes -> PooledByteBufAllocator.DEFAULT.directBuffer().writeBytes(bytes));
        kinds.put("pooled heap", bytes -> PooledByteBufAllocator.DEFAULT.heapBuffer().writeBytes(bytes));
        kinds.put("direct with a reader index", bytes -> shifted(Unpooled.directBuffer(), bytes));
        kinds.put("slice", bytes -> shifted(Unpooled.directBuffer(), bytes).slice());
        kinds.put("pooled slice", bytes -> {
            ByteBuf whole = shifted(PooledByteBufAllocator.DEFAULT.directBuffer(), bytes);
            return whole.readSlice(whole.readableBytes());
        });
        kinds.put("duplicate", bytes -> shifted(Unpooled.directBuffer(), bytes).duplicate());
        kinds.put("read-only", bytes -> shifted(Unpooled.directBuffer(), bytes).asReadOnly());
        kinds.put("read-only heap", bytes -> Unpooled.wrappedBuffer(bytes).asReadOnly());
        kinds.put("wrapped direct NIO buffer", bytes -> Unpooled.wrappedBuffer(directNio(bytes)));
        kinds.put("wrapped read-only NIO buffer",
                bytes -> Unpooled.wrappedBuffer(directNio(bytes).asReadOnlyBuffer()));
        kinds.put("wrapped read-only heap NIO buffer",
                bytes -> Unpooled.wrappedBuffer(ByteBuffer.wrap(bytes).asReadOnlyBuffer()));
        kinds.put("composite of one", bytes -> composite(bytes, 1, -1));
        kinds.put("composite of three", bytes -> composite(bytes, 3, -1));
        kinds.put("composite with a heap part", bytes -> composite(bytes, 3, 1));
        kinds.put("composite of 64", bytes -> composite(bytes, 64, -1));
        kinds.put("composite of 65", bytes -> composite(bytes, 65, -1));
        kinds.put("composite of 300", bytes -> composite(bytes, 300, -1));
        kinds.put("composite of composites",
                bytes -> Unpooled.compositeBuffer()
                        .addComponent(true, composite(Arrays.copyOf(bytes, 500), 5, -1))
                        .addComponent(true, composite(Arrays.copyOfRange(bytes, 500, LENGTH), 5, -1)));
        kinds.put("read-only composite", bytes -> composite(bytes, 3, -1).asReadOnly());
        kinds.put("slice of a composite", bytes -> {
            byte[] longer = Arrays.copyOf(new byte[13], 13 + bytes.length);
            System.arraycopy(bytes, 0, longer, 13, bytes.length);
            return composite(longer, 10, -1).slice(13, bytes.length);
        });
        kinds.put("composite with empty parts",
                bytes -> Unpooled.compositeBuffer()
                        .addComponent(true, Unpooled.directBuffer())
                        .addComponent(true, Udp.direct(bytes))
                        .addComponent(true, Unpooled.directBuffer()));
        kinds.put("unreleasable", bytes -> Unpooled.unreleasableBuffer(Udp.direct(bytes)));
        return kinds.entrySet().stream().map(kind -> Named.of(kind.getKey(), kind.getValue()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    protected void arrivesWholeAndIsReleased(Function<byte[], ByteBuf> kind) {
        byte[] content = content();
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        List<ByteBuf> payloads = new ArrayList<>();
        List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ByteBuf payload = kind.apply(content);
            payloads.add(payload);
            writes.add(channel.write(
                    i == 1
                            ? new DefaultAddressedEnvelope<>(payload, peer.address())
                            : new DatagramPacket(payload, peer.address())));
        }
        Udp.await(channel.connect(peer.address()));
        ByteBuf bare = kind.apply(content);
        payloads.add(bare);
        writes.add(channel.write(bare));
        channel.flush();
        for (int i = 0; i < 4; i++) {
            assertThat(peer.receive().content()).isEqualTo(content);
        }
        writes.forEach(Udp::await);
        for (ByteBuf payload : payloads) {
            if (payload.refCnt() > 0) {
                assertThat(payload.getClass().getSimpleName()).isEqualTo("UnreleasableByteBuf");
                payload.unwrap().release();
            }
        }
    }

    @Test
    protected void emptyBufferOfAnyKindIsAnEmptyDatagram() {
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        Udp.await(channel.connect(peer.address()));
        List<ByteBuf> empties = List.of(
                Unpooled.EMPTY_BUFFER, PooledByteBufAllocator.DEFAULT.directBuffer(0), Unpooled.buffer(),
                Unpooled.directBuffer(), Unpooled.compositeBuffer(), Udp.direct(content()).skipBytes(LENGTH));
        List<ChannelFuture> writes = new ArrayList<>();
        for (ByteBuf empty : empties) {
            // Retained first: the loop may give it back before the next line.
            writes.add(channel.write(empty.retain()));
            writes.add(channel.write(Udp.direct(content())));
            writes.add(channel.write(new DatagramPacket(empty, peer.address())));
        }
        channel.flush();
        for (ByteBuf _ : empties) {
            assertThat(peer.receive().content()).isEmpty();
            assertThat(peer.receive().content()).isEqualTo(content());
            assertThat(peer.receive().content()).isEmpty();
        }
        writes.forEach(Udp::await);
        assertThat(peer.isIdle()).isTrue();
    }

    @Test
    protected void oneBufferMayBeWrittenManyTimesWithItsOwnIndices() {
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        byte[] content = content();
        ByteBuf shared = Udp.direct(content);
        List<ChannelFuture> writes = new ArrayList<>();
        int rounds = transport.thatFit(300) / 3;
        for (int i = 0; i < rounds; i++) {
            writes.add(channel.write(new DatagramPacket(shared.retainedDuplicate(), peer.address())));
            writes.add(channel.write(new DatagramPacket(shared.retainedSlice(i * 10, 10), peer.address())));
            writes.add(channel.write(new DatagramPacket(shared.retain(), peer.address())));
        }
        channel.flush();
        for (int i = 0; i < rounds; i++) {
            assertThat(peer.receive().content()).isEqualTo(content);
            assertThat(peer.receive().content()).isEqualTo(Arrays.copyOfRange(content, i * 10, i * 10 + 10));
            assertThat(peer.receive().content()).isEqualTo(content);
        }
        writes.forEach(Udp::await);
        assertThat(shared.refCnt()).isEqualTo(1);
        assertThat(shared.readableBytes()).isEqualTo(LENGTH);
        shared.release();
    }
}
