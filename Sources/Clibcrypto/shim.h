#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

/* Without looking the algorithm up each time, as `SHA256` does: that takes longer than a short message. */
static inline void purser_sha256(const unsigned char *message, size_t count, unsigned char *digest) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, message, count);
  SHA256_Final(digest, &context);
}
static inline int purser_ed25519_public(const unsigned char *seed, unsigned char *public_key) {
  size_t length = 32;
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
  int ok = key && EVP_PKEY_get_raw_public_key(key, public_key, &length) == 1;
  EVP_PKEY_free(key);
  return ok;
}
static inline int purser_ed25519_sign(const unsigned char *seed, const unsigned char *message, size_t count,
                                      unsigned char *signature) {
  size_t length = 64;
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int ok = key && context && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestSign(context, signature, &length, message, count) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return ok;
}
static inline int purser_ed25519_verify(const unsigned char *public_key, const unsigned char *message, size_t count,
                                        const unsigned char *signature) {
  EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int ok = key && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestVerify(context, signature, 64, message, count) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return ok;
}
static inline int purser_hmac_sha1(const unsigned char *key, size_t key_count, const unsigned char *message,
                                   size_t count, unsigned char *code) {
  unsigned length = 20;
  return HMAC(EVP_sha1(), key, (int)key_count, message, count, code, &length) != NULL;
}
static inline EVP_MD_CTX *purser_hmac_begin(const unsigned char *bytes, size_t count) {
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, bytes, count);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int ok = key && context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1;
  EVP_PKEY_free(key);
  if (ok) return context;
  EVP_MD_CTX_free(context);
  return NULL;
}
static inline int purser_hmac_update(EVP_MD_CTX *context, const unsigned char *bytes, size_t count) {
  return EVP_DigestSignUpdate(context, bytes, count);
}
static inline int purser_hmac_finish(EVP_MD_CTX *context, unsigned char *code) {
  size_t length = 32;
  return EVP_DigestSignFinal(context, code, &length);
}
/* A key as X.509 writes it; the caller frees it. Anything after it, and a point on no curve, gives NULL. */
static inline EVP_PKEY *purser_x509_key(const unsigned char *der, size_t count) {
  const unsigned char *end = der;
  EVP_PKEY *key = d2i_PUBKEY(NULL, &end, (long)count);
  if (key && end != der + count) {
    EVP_PKEY_free(key);
    key = NULL;
  }
  if (!key) ERR_clear_error();
  return key;
}
static inline int purser_is_x509_key(const unsigned char *der, size_t count) {
  EVP_PKEY *key = purser_x509_key(der, count);
  EVP_PKEY_free(key);
  return key != NULL;
}
/* The bytes of the longest signature: for RSA, of every one. */
static inline int purser_x509_size(const unsigned char *der, size_t count) {
  EVP_PKEY *key = purser_x509_key(der, count);
  int size = key ? EVP_PKEY_get_size(key) : 0;
  EVP_PKEY_free(key);
  return size;
}
static inline int purser_x509_verify(const unsigned char *der, size_t count, const EVP_MD *hash,
                                     const unsigned char *message, size_t message_count,
                                     const unsigned char *signature, size_t signature_count) {
  EVP_PKEY *key = purser_x509_key(der, count);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int ok = key && context && EVP_DigestVerifyInit(context, NULL, hash, NULL, key) == 1 &&
           EVP_DigestVerify(context, signature, signature_count, message, message_count) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  ERR_clear_error();
  return ok;
}
