// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.Addrinfow;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.names.Answer;
import dev.ringport.iocp.names.NameQuery;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_UNSPEC;
import static dev.ringport.iocp.abi.WinsockConstants.NI_NUMERICHOST;
import static dev.ringport.iocp.abi.WinsockConstants.NI_NUMERICSERV;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_STREAM;

/** Names and addresses: only this machine's own, so that nothing goes out. */
final class NameSteps {
    private static final String NAME = "localhost";
    private static final int CHARACTERS = 64;
    private static final int PORT = 53;

    private final Bench bench;

    NameSteps(Bench bench) {
        this.bench = bench;
    }

    void run() throws IOException {
        bench.step("GetAddrInfoW, FreeAddrInfoW", this::blocking);
        bench.step("GetNameInfoW", this::toNumbers);
        bench.step("WSAAddressToStringW", this::toText);
        bench.step("WSAStringToAddressW", this::fromText);
        bench.step("GetAddrInfoExW, GetAddrInfoExOverlappedResult, FreeAddrInfoExW", this::notBlocking);
        bench.step("GetAddrInfoExCancel", this::cancelled);
    }

    private String blocking() throws IOException {
        MemorySegment hints = bench.arena.allocate(Addrinfow.LAYOUT);
        Addrinfow.aiFamily(hints, 0, AF_UNSPEC);
        Addrinfow.aiSocktype(hints, 0, SOCK_STREAM);
        MemorySegment result = bench.arena.allocate(ValueLayout.JAVA_LONG);
        Bench.check(
                "GetAddrInfoW",
                bench.winsock().getAddrInfoW(bench.wide(NAME).address(), 0, hints.address(), result.address()));
        long list = result.get(ValueLayout.JAVA_LONG, 0);
        try {
            int count = 0;
            for (long at = list; at != 0; at = Addrinfow.aiNext(NativeMemory.at(at, Addrinfow.BYTES), 0)) {
                count++;
            }
            Bench.expect(count > 0, "no address");
            return NAME + " has " + count;
        } finally {
            bench.calls.winsock().freeAddrInfoW(list);
        }
    }

    private MemorySegment loopback() throws IOException {
        return bench.name(new InetSocketAddress(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}), PORT));
    }

    private String toNumbers() throws IOException {
        MemorySegment host = bench.room(CHARACTERS * Character.BYTES);
        MemorySegment service = bench.room(CHARACTERS * Character.BYTES);
        Bench.check(
                "GetNameInfoW",
                bench.winsock().getNameInfoW(
                        loopback().address(), SocketAddressCodec.INET_BYTES, host.address(), CHARACTERS,
                        service.address(), CHARACTERS, NI_NUMERICHOST | NI_NUMERICSERV));
        String text = wide(host) + " " + wide(service);
        Bench.expect(("127.0.0.1 " + PORT).equals(text), text);
        return text;
    }

    private String toText() throws IOException {
        MemorySegment text = bench.room(CHARACTERS * Character.BYTES);
        MemorySegment length = bench.number(CHARACTERS);
        Bench.check(
                "WSAAddressToStringW",
                bench.winsock().wsaAddressToStringW(
                        bench.capture, loopback().address(), SocketAddressCodec.INET_BYTES, 0, text.address(),
                        length.address()));
        String written = wide(text);
        Bench.expect(("127.0.0.1:" + PORT).equals(written), written);
        return written;
    }

    private String fromText() throws IOException {
        MemorySegment name = bench.room(SocketAddressCodec.ROOM);
        MemorySegment length = bench.number(SocketAddressCodec.ROOM);
        Bench.check(
                "WSAStringToAddressW",
                bench.winsock().wsaStringToAddressW(
                        bench.capture, bench.wide("127.0.0.1:" + PORT).address(), AF_INET, 0, name.address(),
                        length.address()));
        InetSocketAddress address = Bench.address(name, length);
        Bench.expect(address.getPort() == PORT && address.getAddress().isLoopbackAddress(), address.toString());
        return address.toString();
    }

    private static String wide(MemorySegment text) {
        return text.getString(0, StandardCharsets.UTF_16LE);
    }

    private String notBlocking() throws Exception {
        CompletableFuture<Answer> told = new CompletableFuture<>();
        NameQuery query = new NameQuery(bench.winsock(), NAME, AF_UNSPEC, told::complete);
        try {
            query.start();
            Answer answer = await(query, told);
            Bench.check("GetAddrInfoExW", -answer.code());
            Bench.check(
                    "GetAddrInfoExOverlappedResult",
                    bench.winsock().getAddrInfoExOverlappedResult(query.overlapped().address()));
            return answer.addresses().toString();
        } finally {
            // It owns the memory that was asked about.
            Reference.reachabilityFence(query);
        }
    }

    /** Either end is right: the answer may be faster. Then a handle that is none shows that the function is there. */
    private String cancelled() throws Exception {
        CompletableFuture<Answer> told = new CompletableFuture<>();
        NameQuery query = new NameQuery(bench.winsock(), NAME, AF_UNSPEC, told::complete);
        query.start();
        boolean taken = query.cancel();
        Answer answer = await(query, told);
        if (!taken) {
            int refused = bench.winsock().getAddrInfoExCancel(bench.arena.allocate(ValueLayout.JAVA_LONG).address());
            Bench.expect(refused < 0, "it took a handle that is none");
        }
        return (taken ? "taken" : "too late") + ", the lookup ended with "
                + (answer.code() == 0 ? "an answer" : WindowsErrors.describe(answer.code()));
    }

    private static Answer await(NameQuery query, CompletableFuture<Answer> told)
            throws IOException, InterruptedException {
        try {
            return told.get(Bench.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            // The lookup owns its memory until it is told, which may still be long.
            boolean _ = query.cancel();
            throw new IOException("no answer within " + Bench.PATIENCE_MILLIS + " ms", late);
        } catch (ExecutionException impossible) {
            throw new IOException(impossible);
        }
    }
}
