// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.ffm.Signature;
import dev.ringport.net.SocketAddressCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_INET6;
import static dev.ringport.iocp.abi.WinsockConstants.AI_CANONNAME;
import static dev.ringport.iocp.abi.WinsockConstants.AI_NUMERICHOST;
import static dev.ringport.iocp.abi.WinsockConstants.NI_MAXHOST;
import static dev.ringport.iocp.abi.WinsockConstants.NI_MAXSERV;
import static dev.ringport.iocp.abi.WinsockConstants.NI_NUMERICHOST;
import static dev.ringport.iocp.abi.WinsockConstants.NI_NUMERICSERV;
import static dev.ringport.iocp.abi.WinsockConstants.NS_ALL;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_DGRAM;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

/** Name lookup and the text of addresses on the system that the tests run on. Nobody outside of it is asked. */
@EnabledOnOs(OS.WINDOWS)
class NativeNamesTest extends NativeFixture {
    private static final InetSocketAddress EXAMPLE = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 4711);
    private static final String EXAMPLE_TEXT = "192.0.2.7:4711";

    private final MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);

    @Test
    void aNumericNameIsTheAddressOfTheTypeAskedFor() {
        MemorySegment hints = arena.allocate(Addrinfow.LAYOUT);
        Addrinfow.aiFlags(hints, 0, AI_NUMERICHOST | AI_CANONNAME);
        Addrinfow.aiFamily(hints, 0, AF_INET);
        Addrinfow.aiSocktype(hints, 0, SOCK_DGRAM);

        assertThat(winsock.getAddrInfoW(
                wide("192.0.2.7").address(), wide("4711").address(), hints.address(), result.address())).isZero();

        MemorySegment found = NativeMemory.at(result.get(ValueLayout.JAVA_LONG, 0), Addrinfow.BYTES);
        assertThat(Addrinfow.aiFamily(found, 0)).isEqualTo(AF_INET);
        assertThat(Addrinfow.aiSocktype(found, 0)).isEqualTo(SOCK_DGRAM);
        assertThat(address(Addrinfow.aiAddr(found, 0), Addrinfow.aiAddrlen(found, 0))).isEqualTo(EXAMPLE);
        assertThat(NativeMemory.wideString(Addrinfow.aiCanonname(found, 0), NI_MAXHOST)).isEqualTo("192.0.2.7");
        assertThat(Addrinfow.aiNext(found, 0)).isZero();
        winsock.freeAddrInfoW(found.address());
    }

    private static InetSocketAddress address(long name, long bytes) {
        return CODEC.read(NativeMemory.at(name, bytes), 0, (int) bytes);
    }

    @Test
    void aNameThatIsNoAddressIsNotFoundWhereOnlyAddressesAreAskedFor() {
        MemorySegment hints = arena.allocate(Addrinfoexw.LAYOUT);
        Addrinfoexw.aiFlags(hints, 0, AI_NUMERICHOST);
        MemorySegment name = wide("no.such.name.invalid");

        assertThat(winsock.getAddrInfoW(name.address(), 0, hints.address(), result.address()))
                .isEqualTo(-WindowsErrors.WSAHOST_NOT_FOUND);
        assertThat(winsock.getAddrInfoExW(name.address(), 0, NS_ALL, 0, hints.address(), result.address(), 0, 0, 0, 0))
                .isEqualTo(-WindowsErrors.WSAHOST_NOT_FOUND);
    }

    @Test
    void aLookupThatMayBlockTellsAllAddressesOfThisMachine() {
        MemorySegment hints = arena.allocate(Addrinfoexw.LAYOUT);
        Addrinfoexw.aiFamily(hints, 0, AF_INET);
        Addrinfoexw.aiSocktype(hints, 0, SOCK_STREAM);

        assertThat(winsock.getAddrInfoExW(
                wide("localhost").address(), wide("80").address(), NS_ALL, 0, hints.address(), result.address(), 0, 0,
                0, 0)).isZero();

        assertThat(results()).contains(new InetSocketAddress(loopback(), 80));
    }

    /** The addresses of a lookup, which is freed. */
    private List<InetSocketAddress> results() {
        long first = result.get(ValueLayout.JAVA_LONG, 0);
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (long at = first; at != 0;) {
            MemorySegment found = NativeMemory.at(at, Addrinfoexw.BYTES);
            addresses.add(address(Addrinfoexw.aiAddr(found, 0), Addrinfoexw.aiAddrlen(found, 0)));
            at = Addrinfoexw.aiNext(found, 0);
        }
        winsock.freeAddrInfoExW(first);
        return addresses;
    }

    @Test
    void aLookupThatDoesNotBlockCallsBack() throws ReflectiveOperationException, InterruptedException {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        MemorySegment lookup = overlapped();
        MemorySegment handle = arena.allocate(ValueLayout.JAVA_LONG);
        MemorySegment hints = arena.allocate(Addrinfoexw.LAYOUT);
        Addrinfoexw.aiFamily(hints, 0, AF_INET);

        int begun = winsock.getAddrInfoExW(
                wide("localhost").address(), wide("81").address(), NS_ALL, 0, hints.address(), result.address(), 0,
                lookup.address(), routine(told), handle.address());

        assertThat(begun).isEqualTo(-WindowsErrors.WSA_IO_PENDING);
        assertThat(told.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("0 0 " + lookup.address());
        assertThat(winsock.getAddrInfoExOverlappedResult(lookup.address())).isZero();
        assertThat(results()).contains(new InetSocketAddress(loopback(), 81));
    }

    private static long routine(BlockingQueue<String> told) throws ReflectiveOperationException {
        MethodHandle target = MethodHandles.lookup()
                .findStatic(NativeNamesTest.class, "tell",
                        MethodType.methodType(void.class, BlockingQueue.class, int.class, int.class, long.class));
        return NativeCalls.upcall(target.bindTo(told), Signature.of("VIIJ"));
    }

    /** A {@code LPLOOKUPSERVICE_COMPLETION_ROUTINE}. */
    static void tell(BlockingQueue<String> told, int error, int bytes, long overlapped) {
        told.add(error + " " + bytes + " " + overlapped);
    }

    @Test
    void aLookupThatIsNoneCannotBeCancelled() {
        MemorySegment noHandle = arena.allocate(ValueLayout.JAVA_LONG);

        assertThat(winsock.getAddrInfoExCancel(noHandle.address())).isNegative();
        assertThat(winsock.getAddrInfoExCancel(0)).isNegative();
    }

    @Test
    void anAddressIsToldAsNumbers() {
        MemorySegment node = room(2 * NI_MAXHOST);
        MemorySegment service = room(2 * NI_MAXSERV);

        assertThat(winsock.getNameInfoW(
                name(EXAMPLE).address(), SocketAddressCodec.INET_BYTES, node.address(), NI_MAXHOST, service.address(),
                NI_MAXSERV, NI_NUMERICHOST | NI_NUMERICSERV)).isZero();

        assertThat(NativeMemory.wideString(node.address(), NI_MAXHOST)).isEqualTo("192.0.2.7");
        assertThat(NativeMemory.wideString(service.address(), NI_MAXSERV)).isEqualTo("4711");
        assertThat(winsock.getNameInfoW(name(EXAMPLE).address(), 3, node.address(), NI_MAXHOST, 0, 0, NI_NUMERICHOST))
                .isNegative();
    }

    @Test
    void addressesAreWrittenAsTextWithTheirPort() {
        MemorySegment text = room(2 * NI_MAXHOST);
        MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, NI_MAXHOST);

        assertThat(winsock.wsaAddressToStringW(
                capture, name(EXAMPLE).address(), SocketAddressCodec.INET_BYTES, 0, text.address(), length.address()))
                .isZero();

        assertThat(NativeMemory.wideString(text.address(), NI_MAXHOST)).isEqualTo(EXAMPLE_TEXT);
        assertThat(value(length)).isEqualTo(EXAMPLE_TEXT.length() + 1);
        length.set(ValueLayout.JAVA_INT, 0, 3);
        assertThat(winsock.wsaAddressToStringW(
                capture, name(EXAMPLE).address(), SocketAddressCodec.INET_BYTES, 0, text.address(), length.address()))
                .isEqualTo(-WindowsErrors.WSAEFAULT);
    }

    @Test
    void textIsReadAsAnAddressOfTheFamily() {
        MemorySegment name = room(SocketAddressCodec.ROOM);
        MemorySegment nameBytes = arena.allocateFrom(ValueLayout.JAVA_INT, SocketAddressCodec.ROOM);

        assertThat(winsock.wsaStringToAddressW(
                capture, wide(EXAMPLE_TEXT).address(), AF_INET, 0, name.address(), nameBytes.address())).isZero();
        assertThat(CODEC.read(name, 0, value(nameBytes))).isEqualTo(EXAMPLE);
        nameBytes.set(ValueLayout.JAVA_INT, 0, SocketAddressCodec.ROOM);
        assertThat(winsock.wsaStringToAddressW(
                capture, wide("[::1]:53").address(), AF_INET6, 0, name.address(), nameBytes.address())).isZero();
        assertThat(CODEC.read(name, 0, value(nameBytes)))
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("::1"), 53));
        assertThat(winsock.wsaStringToAddressW(
                capture, wide("no address").address(), AF_INET, 0, name.address(), nameBytes.address()))
                .isEqualTo(-WindowsErrors.WSAEINVAL);
    }
}
