// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.testkit.ChildJvm;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server for one connection in a process of Linux, under Wine: a peer whose sockets are not Wine's too. It reads when it
 * is told, to the end, and says what the end was. Files carry what is said: Wine gives its processes no pipes to Linux's.
 */
final class LinuxPeer {
    private static final String PROGRAM = """
            import os, socket, sys, time
            folder = sys.argv[1]
            def say(name, text):
                with open(os.path.join(folder, name + '.part'), 'w') as file:
                    file.write(text)
                os.rename(os.path.join(folder, name + '.part'), os.path.join(folder, name))
            server = socket.socket()
            server.bind(('127.0.0.1', 0))
            server.listen(1)
            server.settimeout(60)
            say('port', str(server.getsockname()[1]))
            connection = server.accept()[0]
            connection.settimeout(60)
            for i in range(600):
                if os.path.exists(os.path.join(folder, 'read')):
                    break
                time.sleep(0.1)
            bytes = 0
            try:
                while True:
                    piece = connection.recv(65536)
                    if not piece:
                        say('end', 'end of stream after %d bytes' % bytes)
                        break
                    bytes += len(piece)
            except OSError as error:
                say('end', type(error).__name__)
            """;

    private final Path folder;

    /**
     * Starts it.
     *
     * @param folder for its files, empty
     */
    LinuxPeer(Path folder) throws Exception {
        this.folder = folder;
        Path program = Files.writeString(folder.resolve("peer.py"), PROGRAM);
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(IocpSocketChannel.class)
                .run(Starter.class, "Z:\\usr\\bin\\env", "python3", unix(program), unix(folder));
        assertThat(outcome.exit()).as("%s", outcome).isZero();
    }

    /**
     * Starts a process and ends. Wine gives no handle of a process of Linux, and a JVM that takes the number it got for one
     * closes what is behind it: a JVM of its own has nothing there to lose.
     */
    static final class Starter {
        private Starter() {}

        public static void main(String[] command) throws IOException {
            Process _ = new ProcessBuilder(command).inheritIO().start();
            Runtime.getRuntime().halt(0);
        }
    }

    private static String unix(Path path) {
        return path.toAbsolutePath().toString().substring("Z:".length()).replace('\\', '/');
    }

    private String said(String name) throws Exception {
        Path file = folder.resolve(name);
        while (!Files.exists(file)) {
            Thread.sleep(20);
        }
        return Files.readString(file);
    }

    InetSocketAddress address() throws Exception {
        return new InetSocketAddress(Tcp.loopback(), Integer.parseInt(said("port")));
    }

    /** Lets it read. The answer is the name of its exception, or that there was none. */
    String readToTheEnd() throws Exception {
        Files.writeString(folder.resolve("read"), "");
        return said("end");
    }
}
