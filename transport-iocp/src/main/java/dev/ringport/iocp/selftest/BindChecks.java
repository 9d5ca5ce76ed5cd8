// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.selftest.Check.CannotException;
import dev.ringport.iocp.selftest.Check.Seen;
import dev.ringport.iocp.selftest.CheckBench.Started;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static dev.ringport.iocp.abi.WinsockConstants.SIO_ACQUIRE_PORT_RESERVATION;
import static dev.ringport.iocp.abi.WinsockConstants.SIO_TCP_INITIAL_RTO;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_EXCLUSIVEADDRUSE;
import static dev.ringport.iocp.abi.WinsockConstants.SO_REUSEADDR;
import static dev.ringport.iocp.abi.WinsockConstants.TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS;
import static dev.ringport.iocp.abi.WinsockConstants.TCP_INITIAL_RTO_UNSPECIFIED_RTT;

/** Who gets a port, in this process and another, and how long a refusal to connect takes. */
final class BindChecks {
    /** What a child prints before its answer. */
    private static final String ANSWER = "binds: ";
    private static final int CHILD_SECONDS = 12;
    private static final int REFUSAL_MILLIS = 10_000;
    private static final int QUICK_MILLIS = 500;
    private static final int RETRIES = 20;
    private static final int RETRY_MILLIS = 50;
    private static final int RESERVATION_BYTES = 16;

    private BindChecks() {}

    static List<Check> all() {
        return List.of(
                Check.of(
                        "refused connect on loopback", "ConnectEx",
                        "WSAECONNREFUSED (10061), after the SYN's repetitions: about 2 s",
                        bench -> refused(bench, false)),
                Check.of(
                        "refused connect on loopback, SIO_TCP_INITIAL_RTO without repetitions", "WSAIoctl ConnectEx",
                        "WSAECONNREFUSED (10061) in less than " + QUICK_MILLIS + " ms",
                        bench -> refused(bench, true)),
                Check.of(
                        "an exclusive port and another process", "bind setsockopt",
                        "the other binds it neither plainly nor with SO_REUSEADDR nor exclusively: 10048 or 10013",
                        BindChecks::exclusive),
                Check.of(
                        "a port with SO_REUSEADDR and another process", "bind setsockopt",
                        "the other binds it with SO_REUSEADDR, not exclusively", BindChecks::shared)
                        .wine("does not share so"),
                Check.of(
                        "an exclusive port while its connections live", "bind closesocket",
                        "10048 or 10013 after the listener's close, a success after the connections'",
                        BindChecks::again).wine("lets it be bound at once"),
                Check.of(
                        "a port that is reserved", "bind WSAIoctl", "WSAEACCES (10013)", BindChecks::reserved));
    }

    static Started startConnect(CheckBench bench, long socket, InetSocketAddress to) throws IOException {
        MemorySegment name = bench.bench.room(SocketAddressCodec.ROOM);
        int nameBytes = CheckBench.name(name, to);
        MemorySegment overlapped = bench.bench.overlapped();
        int result = bench.bench.extensions().connectEx(
                bench.bench.capture, socket, name.address(), nameBytes, 0, 0, 0, overlapped.address());
        return bench.note(
                new Started("ConnectEx", socket, overlapped, overlapped, bench.bench.number(0), result));
    }

    private static Seen refused(CheckBench bench, boolean once) throws IOException {
        InetSocketAddress nobody = bench.deserted(true);
        long socket = bench.stream();
        bench.bench.bind(socket);
        bench.port().associate(socket);
        if (once) {
            MemorySegment parameters = bench.shorts(
                    TCP_INITIAL_RTO_UNSPECIFIED_RTT, TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS);
            Check.needs("WSAIoctl(SIO_TCP_INITIAL_RTO)", bench.ioctl(socket, SIO_TCP_INITIAL_RTO, parameters));
        }
        long start = System.nanoTime();
        Integer result = bench.endWithin(startConnect(bench, socket, nobody), REFUSAL_MILLIS);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        if (result == null) {
            return new Seen(false, "no answer within " + millis + " ms");
        }
        return new Seen(
                CheckBench.is(result, WindowsErrors.WSAECONNREFUSED) && (!once || millis < QUICK_MILLIS),
                CheckBench.told(result) + " after " + millis + " ms");
    }

    private static InetSocketAddress listen(CheckBench bench, long listener, int option) throws IOException {
        Bench.check("setsockopt", bench.set(listener, SOL_SOCKET, option, 1));
        InetSocketAddress address = bench.bench.bind(listener);
        Bench.check("listen", bench.bench.winsock().listen(bench.bench.capture, listener, 1));
        return address;
    }

    private static boolean isTaken(int result) {
        return CheckBench.is(result, WindowsErrors.WSAEADDRINUSE) || CheckBench.is(result, WindowsErrors.WSAEACCES);
    }

    private static Seen exclusive(CheckBench bench) throws IOException, InterruptedException {
        InetSocketAddress address = listen(bench, bench.stream(), SO_EXCLUSIVEADDRUSE);
        List<Integer> answers = child(address.getPort());
        return new Seen(answers.stream().allMatch(BindChecks::isTaken), told(answers));
    }

    private static Seen shared(CheckBench bench) throws IOException, InterruptedException {
        InetSocketAddress address = listen(bench, bench.stream(), SO_REUSEADDR);
        List<Integer> answers = child(address.getPort());
        return new Seen(answers.get(1) == 0 && isTaken(answers.get(2)), told(answers));
    }

    private static String told(List<Integer> answers) {
        return "plainly: " + told(answers.get(0)) + "; with SO_REUSEADDR: " + told(answers.get(1)) + "; exclusively: "
                + told(answers.get(2));
    }

    private static String told(int result) {
        return result == 0 ? "bound" : CheckBench.told(result);
    }

    /** Starts this Java again; how its three binds went. */
    private static List<Integer> child(int port) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home", ""), "bin", "java.exe");
        if (!Files.isExecutable(java)) {
            throw new CannotException("this Java has no command to start it again");
        }
        List<String> command = new ArrayList<>(List.of(java.toString(), "-Xmx64m"));
        Module module = BindChecks.class.getModule();
        String main = "dev.ringport.iocp.IocpSelfTest";
        if (module.isNamed()) {
            command.add("--enable-native-access=dev.ringport.common," + module.getName());
            command.addAll(
                    List.of("-p", System.getProperty("jdk.module.path", ""), "-m", module.getName() + "/" + main));
        } else {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), main));
        }
        command.addAll(List.of("--bind", String.valueOf(port)));
        // A file and no pipe: what the child may print besides does not stop it.
        Path output = Files.createTempFile("ringport", ".selftest");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile())
                    .start();
            try {
                if (!process.waitFor(CHILD_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("the other process did not end within " + CHILD_SECONDS + " s");
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            return answers(Files.readAllLines(output, StandardCharsets.ISO_8859_1), process.exitValue());
        } finally {
            output.toFile().deleteOnExit();
            boolean _ = output.toFile().delete();
        }
    }

    private static List<Integer> answers(List<String> lines, int exit) throws IOException {
        for (String line : lines) {
            if (line.startsWith(ANSWER)) {
                List<Integer> answers = new ArrayList<>();
                for (String number : line.substring(ANSWER.length()).strip().split(" ", -1)) {
                    answers.add(Integer.valueOf(number));
                }
                Bench.expect(answers.size() == 3, "the other process said: " + line);
                return answers;
            }
        }
        throw new IOException(
                "the other process ended with " + exit + (lines.isEmpty() ? "" : ": " + lines.getFirst()));
    }

    /** The other process: its three binds of the port, one after the other. */
    static String inOtherProcess(WindowsCalls calls, int port) throws IOException {
        CheckBench bench = new CheckBench(calls);
        try {
            return ANSWER + bind(bench, port, 0) + " " + bind(bench, port, SO_REUSEADDR) + " "
                    + bind(bench, port, SO_EXCLUSIVEADDRUSE);
        } finally {
            bench.end();
        }
    }

    private static int bind(CheckBench bench, int port, int option) throws IOException {
        long socket = bench.stream();
        int set = option == 0 ? 0 : bench.set(socket, SOL_SOCKET, option, 1);
        int result = set < 0 ? set : bench.tryBind(socket, new InetSocketAddress(CheckBench.loopback(), port));
        bench.bench.close(socket);
        return result;
    }

    private static Seen again(CheckBench bench) throws IOException, InterruptedException {
        long listener = bench.stream();
        InetSocketAddress address = listen(bench, listener, SO_EXCLUSIVEADDRUSE);
        long client = bench.stream();
        Bench.check("connect", bench.tryConnect(client, address));
        bench.bench.awaitReadable(listener);
        long accepted = bench.bench.own(
                "accept", bench.bench.winsock().accept(bench.bench.capture, listener, 0, 0));
        bench.bench.close(listener);
        int living = bind(bench, address.getPort(), SO_EXCLUSIVEADDRUSE);
        // The client first: the side that closes first is the one whose port rests.
        bench.bench.close(client);
        bench.bench.awaitReadable(accepted);
        bench.bench.close(accepted);
        int after = bind(bench, address.getPort(), SO_EXCLUSIVEADDRUSE);
        // The last acknowledgement may still be under way.
        for (int i = 0; isTaken(after) && i < RETRIES; i++) {
            Thread.sleep(RETRY_MILLIS);
            after = bind(bench, address.getPort(), SO_EXCLUSIVEADDRUSE);
        }
        return new Seen(
                isTaken(living) && after == 0,
                "while the connection lives: " + told(living) + "; after: " + told(after));
    }

    private static Seen reserved(CheckBench bench) throws IOException {
        long owner = bench.stream();
        MemorySegment range = bench.shorts(0, 1);
        // The number of ports is in the machine's order, the first port in the network's.
        MemorySegment reservation = bench.bench.room(RESERVATION_BYTES);
        MemorySegment returned = bench.bench.number(0);
        Check.needs(
                "WSAIoctl(SIO_ACQUIRE_PORT_RESERVATION)",
                bench.bench.winsock().wsaIoctl(
                        bench.bench.capture, owner, SIO_ACQUIRE_PORT_RESERVATION, range.address(), Integer.BYTES,
                        reservation.address(), RESERVATION_BYTES, returned.address(), 0, 0));
        int port = Short.toUnsignedInt(Short.reverseBytes(reservation.get(ValueLayout.JAVA_SHORT, 0)));
        int result = bind(bench, port, 0);
        return new Seen(CheckBench.is(result, WindowsErrors.WSAEACCES), told(result));
    }
}
