// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.examples.soak.Faults.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each fault that the soak looks for is made here and must be found. */
class DatagramCheckerTest {
    private static final InetSocketAddress SENDER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5);
    private static final InetSocketAddress OTHER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 6);
    private static final int FLOW = 3;
    private static final int WINDOW = 1 << 20;

    private final Faults faults = new Faults();
    private final DatagramChecker checker = new DatagramChecker(faults);
    private final OutgoingFlow flow = new OutgoingFlow(FLOW, null, WINDOW);
    private final Wire wire = new Wire();

    private ByteBuf next(int length) {
        ByteBuf content = Unpooled.buffer();
        flow.write(content, length, wire);
        return content;
    }

    private List<ByteBuf> next(int... lengths) {
        List<ByteBuf> contents = new ArrayList<>();
        for (int length : lengths) {
            contents.add(next(length));
        }
        return contents;
    }

    private void arrive(ByteBuf... contents) {
        for (ByteBuf content : contents) {
            checker.accept(content, SENDER);
        }
    }

    private void end() {
        ByteBuf content = Unpooled.buffer();
        flow.writeEnd(content, wire);
        arrive(content);
    }

    private FlowChecker arrived() {
        assertEquals(1, checker.flows().size());
        return checker.flows().iterator().next();
    }

    private void assertOnly(Kind kind, long count) {
        assertEquals(count, faults.count(kind), () -> faults.lines().toString());
        assertEquals(count, faults.count(), () -> faults.lines().toString());
    }

    @Test
    void allRight() {
        next(36, 0, 100, 7, 35, 0, 36, 1200, 9000).forEach(this::arrive);
        end();
        end();
        assertEquals(List.of(), faults.lines());
        assertEquals(5, arrived().received());
        assertEquals(4, arrived().receivedUnnumbered());
        assertEquals(0, arrived().lost());
        assertTrue(arrived().hasEnded());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 6, 8, 12, 16, 24, 32, 36, 1199})
    void aByteIsAnother(int index) {
        arrive(next(50));
        ByteBuf content = next(1200);
        content.setByte(index, content.getByte(index) ^ 0x10);
        assertNull(checker.accept(content, SENDER));
        assertOnly(Kind.CORRUPT, 1);
        arrive(next(50));
        end();
        assertEquals(1, arrived().lost());
    }

    @Test
    void oneIsCutAndOneHasMore() {
        arrive(next(50), next(1200).writerIndex(1199), next(1200).writeByte(0));
        assertOnly(Kind.CORRUPT, 2);
    }

    @Test
    void twoAreOne() {
        ByteBuf both = next(100);
        both.writeBytes(next(100));
        arrive(both);
        assertOnly(Kind.CORRUPT, 1);
    }

    @Test
    void theLengthIsAnotherAndTheChecksumRight() {
        ByteBuf content = next(100);
        content.setInt(12, 99);
        content.setInt(0, wire.checksum(content, 4, 96));
        arrive(content);
        assertOnly(Kind.LENGTH, 1);
    }

    @Test
    void oneCameTwice() {
        ByteBuf content = next(100);
        arrive(content, content.duplicate());
        assertOnly(Kind.DUPLICATE, 1);
        assertEquals(1, arrived().received());
    }

    @Test
    void anOldOneCameTwice() {
        List<ByteBuf> contents = next(100, 100, 100);
        contents.forEach(this::arrive);
        arrive(contents.getFirst());
        assertOnly(Kind.DUPLICATE, 1);
        end();
        assertEquals(3, arrived().received());
        assertEquals(0, arrived().lost());
    }

    @Test
    void twoHaveChangedPlaces() {
        List<ByteBuf> contents = next(100, 100, 100);
        arrive(contents.get(0), contents.get(2), contents.get(1));
        assertOnly(Kind.OUT_OF_ORDER, 1);
        end();
        assertEquals(3, arrived().received());
        assertEquals(0, arrived().lost());
    }

    @Test
    void theFirstCameLast() {
        List<ByteBuf> contents = next(100, 100, 100);
        arrive(contents.get(1), contents.get(2), contents.get(0));
        assertOnly(Kind.OUT_OF_ORDER, 1);
    }

    @Test
    void someAreLost() {
        List<ByteBuf> contents = next(100, 100, 0, 100, 5, 100, 100, 100);
        arrive(contents.get(0), contents.get(5));
        assertEquals(4, arrived().lost());
        end();
        assertEquals(6, arrived().lost());
        assertEquals(2, arrived().received());
        assertEquals(0, faults.count());
    }

    @Test
    void unnumberedOnesAreLost() {
        List<ByteBuf> contents = next(100, 0, 3, 3, 100);
        arrive(contents.get(0), contents.get(3), contents.get(4));
        end();
        assertEquals(2, arrived().lost());
        assertEquals(0, faults.count());
    }

    @Test
    void anEmptyOneCameTwice() {
        List<ByteBuf> contents = next(100, 0, 100);
        arrive(contents.get(0), contents.get(1), contents.get(1), contents.get(2));
        assertOnly(Kind.DUPLICATE, 1);
    }

    @Test
    void anUnnumberedOneHasPassedANumberedOne() {
        List<ByteBuf> contents = next(100, 100, 5, 100);
        arrive(contents.get(0), contents.get(2), contents.get(1), contents.get(3));
        assertOnly(Kind.DUPLICATE, 1);
    }

    @Test
    void unnumberedOnesHaveChangedPlaces() {
        List<ByteBuf> contents = next(100, 5, 6, 100);
        arrive(contents.get(0), contents.get(2), contents.get(1), contents.get(3));
        assertOnly(Kind.DUPLICATE, 1);
    }

    @Test
    void aByteOfAnUnnumberedOneIsAnother() {
        arrive(next(100));
        arrive(next(5).setByte(3, 99));
        assertOnly(Kind.CORRUPT, 1);
    }

    @Test
    void moreCameThanWasSent() {
        OutgoingFlow shorter = new OutgoingFlow(FLOW, null, WINDOW);
        arrive(next(100));
        ByteBuf end = Unpooled.buffer();
        shorter.writeEnd(end, wire);
        arrive(end);
        assertOnly(Kind.DUPLICATE, 1);
    }

    @Test
    void oneCameFromAnother() {
        arrive(next(100));
        checker.accept(next(100), OTHER);
        checker.accept(Unpooled.EMPTY_BUFFER, OTHER);
        assertOnly(Kind.STRANGER, 2);
    }

    @Test
    void aFlowThatHasNotEnded() {
        arrive(next(100));
        assertFalse(arrived().hasEnded());
    }

    @Test
    void theFirstFaultsAreListedWithFlowAndSequence() {
        ByteBuf content = next(100);
        for (int i = 0; i < 100; i++) {
            arrive(content);
        }
        List<String> lines = faults.lines();
        assertEquals("fault: duplicate, flow 3, sequence 0: arrived again, after 0", lines.getFirst());
        assertEquals("faults, duplicate: 99", lines.getLast());
        assertEquals(21, lines.size());
    }
}
