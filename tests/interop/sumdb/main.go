// Command sumdb says what Go's own packages for signed logs say of ours, and writes with them what ours must read.
//
// It reads one JSON request per line and answers each with one JSON line. Notes, trees and proofs are those of
// golang.org/x/mod/sumdb, the code behind Go's checksum database. Two things that it lacks are written here after
// C2SP's specifications, on Go's standard library: the text of a .tlog-proof, and the post-quantum cosignature.
package main

import (
	"bufio"
	"bytes"
	"crypto/mldsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type request struct {
	Do      string
	Key     string   // a verifier key; for "write" a private one
	Witness string   // the verifier key of a cosigner of type 0x06
	Old     []byte   // a signed checkpoint
	New     []byte   // a later one
	Path    []string // the consistency proof between them
	Proof   []byte   // a .tlog-proof
	Entry   []byte
	Origin  string
	Entries [][]byte
	OldSize int64
	Index   int64
}

type answer struct {
	Error string // empty: everything is right
	Size  int64
	Time  uint64
	Old   []byte
	New   []byte
	Path  []string
	Proof []byte
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var asked request
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, "sumdb:", err)
			os.Exit(2)
		}
		var said answer
		if err := do(&asked, &said); err != nil {
			said = answer{Error: err.Error()}
		}
		out.Encode(said)
	}
}

func do(asked *request, said *answer) error {
	switch asked.Do {
	case "checkpoint":
		tree, _, err := open(asked.New, asked.Key)
		said.Size = tree.N
		return err
	case "consistency":
		return consistency(asked)
	case "proof":
		return proof(asked)
	case "cosignature":
		return cosignature(asked, said)
	case "write":
		return write(asked, said)
	}
	return fmt.Errorf("unknown request %q", asked.Do)
}

// open verifies a signed checkpoint and gives the tree that it describes.
func open(data []byte, vkey string) (tlog.Tree, *note.Note, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	tree, err := parseCheckpoint(opened.Text, verifier.Name())
	return tree, opened, err
}

func parseCheckpoint(text, origin string) (tlog.Tree, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] != origin {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func consistency(asked *request) error {
	old, _, err := open(asked.Old, asked.Key)
	if err != nil {
		return err
	}
	tree, _, err := open(asked.New, asked.Key)
	if err != nil {
		return err
	}
	path, err := hashes(asked.Path)
	if err != nil {
		return err
	}
	return tlog.CheckTree(path, tree.N, tree.Hash, old.N, old.Hash)
}

// proof verifies a .tlog-proof (C2SP tlog-proof).
func proof(asked *request) error {
	head, checkpoint, _ := bytes.Cut(asked.Proof, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return errors.New("not a tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	path, err := hashes(lines[2:])
	if err != nil {
		return err
	}
	tree, _, err := open(checkpoint, asked.Key)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(asked.Entry))
}

// cosigner is a note.Verifier of type 0x06 (C2SP tlog-cosignature, ML-DSA-44).
type cosigner struct {
	name string
	hash uint32
	key  *mldsa.PublicKey
	time uint64
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a verifier key")
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) == 0 || raw[0] != 0x06 {
		return nil, errors.New("not a key of type 0x06")
	}
	key, err := mldsa.NewPublicKey(mldsa.MLDSA44(), raw[1:])
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(parts[0] + "\n" + string(raw)))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("the id does not fit the key")
	}
	return &cosigner{name: parts[0], hash: hash, key: key}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(text, sig []byte) bool {
	origin, _, _ := strings.Cut(string(text), "\n")
	tree, err := parseCheckpoint(string(text), origin)
	if err != nil || len(sig) < 8 {
		return false
	}
	c.time = binary.BigEndian.Uint64(sig)
	var signed bytes.Buffer
	signed.WriteString("subtree/v1\n\x00")
	signed.WriteByte(byte(len(c.name)))
	signed.WriteString(c.name)
	signed.Write(sig[:8])
	signed.WriteByte(byte(len(origin)))
	signed.WriteString(origin)
	binary.Write(&signed, binary.BigEndian, uint64(0))
	binary.Write(&signed, binary.BigEndian, uint64(tree.N))
	signed.Write(tree.Hash[:])
	return mldsa.Verify(c.key, signed.Bytes(), sig[8:], nil) == nil
}

func cosignature(asked *request, said *answer) error {
	witness, err := newCosigner(asked.Witness)
	if err != nil {
		return err
	}
	opened, err := note.Open(asked.New, note.VerifierList(witness))
	if err != nil {
		return err
	}
	said.Time = witness.time
	tree, err := parseCheckpoint(opened.Text, strings.Split(opened.Text, "\n")[0])
	said.Size = tree.N
	return err
}

// write makes a log of the entries and signs it at the old and at the full size, with the proofs between.
func write(asked *request, said *answer) error {
	signer, err := note.NewSigner(asked.Key)
	if err != nil {
		return err
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		list := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			list[i] = stored[index]
		}
		return list, nil
	})
	for i, entry := range asked.Entries {
		more, err := tlog.StoredHashes(int64(i), entry, reader)
		if err != nil {
			return err
		}
		stored = append(stored, more...)
	}
	size := int64(len(asked.Entries))
	for _, place := range []struct {
		size int64
		data *[]byte
	}{{asked.OldSize, &said.Old}, {size, &said.New}} {
		root, err := tlog.TreeHash(place.size, reader)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("%s\n%d\n%v\n", asked.Origin, place.size, root)
		if *place.data, err = note.Sign(&note.Note{Text: text}, signer); err != nil {
			return err
		}
	}
	tree, err := tlog.ProveTree(size, asked.OldSize, reader)
	if err != nil {
		return err
	}
	for _, hash := range tree {
		said.Path = append(said.Path, hash.String())
	}
	record, err := tlog.ProveRecord(size, asked.Index, reader)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "c2sp.org/tlog-proof@v1\nindex %d\n", asked.Index)
	for _, hash := range record {
		fmt.Fprintln(&text, hash)
	}
	fmt.Fprintf(&text, "\n%s", said.New)
	said.Proof = text.Bytes()
	said.Size = size
	return nil
}

func hashes(lines []string) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(lines))
	for i, line := range lines {
		var err error
		if list[i], err = tlog.ParseHash(line); err != nil {
			return nil, err
		}
	}
	return list, nil
}
