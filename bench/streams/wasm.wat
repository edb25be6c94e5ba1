
 (func $0
  (local $0 i32)
  (local $1 i32)
  (local $2 i32)
  (loop $label$1
   (i32.store
    (i32.add
     (local.tee $1
      (i32.shl
       (local.get $0)
       (i32.const 4)
      )
     )
     (i32.const 19492)
    )
    (local.tee $2
     (i32.add
      (local.get $1)
      (i32.const 19488)
     )
    )
   )
   (i32.store
    (i32.add
     (local.get $1)
     (i32.const 19496)
    )
    (local.get $2)
   )
   (br_if $label$1
    (i32.ne
     (local.tee $0
      (i32.add
       (local.get $0)
       (i32.const 1)
      )
     )
     (i32.const 64)
    )
   )
  )
  (drop
   (call $388
    (i32.const 48)
   )
  )
 )
 (func $1 (result i32)
  (i32.load
   (i32.const 18112)
  )
 )
 (func $2 (result i32)
  (local $0 i32)
  (if (result i32)
   (i32.gt_u
    (local.tee $0
     (i32.and
      (i32.sub
       (i32.load8_u
        (i32.const 18112)
       )
       (i32.const 1)
      )
      (i32.const 255)
     )
    )
    (i32.const 19)
   )
   (then
    (i32.const 6129)
   )
   (else
    (i32.load
     (i32.add
      (i32.shl
       (local.get $0)
       (i32.const 2)
      )
      (i32.const 17448)
     )
    )
   )
  )
 )
 (func $3 (result i32)
  (i32.const 16993)
 )
 (func $4 (result i32)
  (i32.const 17176)
 )
 (func $5 (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  (local $3 i32)
  (local $4 i32)
  (local $5 i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  (local $9 f32)
  (local $10 i64)
  (global.set $global$0
   (local.tee $3
    (i32.sub
     (global.get $global$0)
     (i32.const 336)
    )
   )
  )
  (local.set $2
   (i32.load offset=104
    (local.get $0)
   )
  )
  (i32.store offset=12
   (local.get $3)
   (local.get $1)
  )
  (i32.store offset=8
   (local.get $3)
   (local.get $2)
  )
  (i64.store
   (local.get $3)
   (i64.load offset=8 align=4
    (local.get $3)
   )
  )
  (local.set $1
   (i32.add
    (local.get $3)
    (i32.const 16)
   )
  )
  (global.set $global$0
   (local.tee $4
    (i32.sub
     (global.get $global$0)
     (i32.const 208)
    )
   )
  )
  (global.set $global$0
   (local.tee $2
    (i32.add
     (global.get $global$0)
     (i32.const -64)
    )
   )
  )
  (i32.store8 offset=184
   (local.tee $5
    (i32.add
     (local.get $4)
     (i32.const 20)
    )
   )
   (block $label$1 (result i32)
    (block $label$2
     (block $label$3
      (br_if $label$3
       (f32.eq
        (local.tee $9
         (f32.load
          (i32.const 17176)
         )
        )
        (f32.const 0)
       )
      )
      (br_if $label$3
       (i32.and
        (f32.le
         (local.get $9)
         (f32.const 10)
        )
        (f32.ge
         (local.get $9)
         (f32.const 0.009999999776482582)
        )
       )
      )
      (f64.store
       (local.get $2)
       (f64.promote_f32
        (local.get $9)
       )
      )
      (call $64
       (local.get $5)
       (i32.const 12)
       (i32.const 11440)
       (local.get $2)
      )
      (br $label$2)
     )
     (if
      (i32.ge_u
       (local.tee $6
        (i32.load
         (i32.const 17192)
        )
       )
       (i32.const 257)
      )
      (then
       (i32.store offset=20
        (local.get $2)
        (i32.const 256)
       )
       (i32.store offset=16
        (local.get $2)
        (local.get $6)
       )
       (call $64
        (local.get $5)
        (i32.const 12)
        (i32.const 2480)
        (i32.add
         (local.get $2)
         (i32.const 16)
        )
       )
       (br $label$2)
      )
     )
     (if
      (i32.eqz
       (i32.and
        (f32.gt
         (local.tee $9
          (f32.load
           (i32.const 17196)
          )
         )
         (f32.const 0)
        )
        (f32.le
         (local.get $9)
         (f32.const 1)
        )
       )
      )
      (then
       (f64.store offset=32
        (local.get $2)
        (f64.promote_f32
         (local.get $9)
        )
       )
       (call $64
        (local.get $5)
        (i32.const 12)
        (i32.const 11241)
        (i32.add
         (local.get $2)
         (i32.const 32)
        )
       )
       (br $label$2)
      )
     )
     (drop
      (br_if $label$1
       (i32.const 1)
       (i32.lt_u
        (local.tee $6
         (i32.load
          (i32.const 17200)
         )
        )
        (i32.const 21)
       )
      )
     )
     (i32.store offset=52
      (local.get $2)
      (i32.const 20)
     )
     (i32.store offset=48
      (local.get $2)
      (local.get $6)
     )
     (call $64
      (local.get $5)
      (i32.const 12)
      (i32.const 3810)
      (i32.add
       (local.get $2)
       (i32.const 48)
      )
     )
    )
    (i32.const 0)
   )
  )
  (global.set $global$0
   (i32.sub
    (local.get $2)
    (i32.const -64)
   )
  )
  (block $label$6
   (if
    (i32.eqz
     (i32.load8_u offset=204
      (local.get $4)
     )
    )
    (then
     (memory.copy
      (local.get $1)
      (local.get $5)
      (i32.const 184)
     )
     (i32.store8 offset=312
      (local.get $1)
      (i32.const 0)
     )
     (br $label$6)
    )
   )
   (block $label$8
    (br_if $label$8
     (i32.ne
      (i32.load8_u
       (i32.const 17204)
      )
      (i32.const 1)
     )
    )
    (local.set $6
     (i32.const 0)
    )
    (global.set $global$0
     (local.tee $5
      (i32.sub
       (global.get $global$0)
       (i32.const 16)
      )
     )
    )
    (i32.store8 offset=184
     (local.tee $7
      (i32.add
       (local.get $4)
       (i32.const 20)
      )
     )
     (if (result i32)
      (block $label$9 (result i32)
       (block $label$10
        (br_if $label$10
         (i32.ne
          (i32.load8_u offset=120
           (local.tee $2
            (i32.load
             (local.get $0)
            )
           )
          )
          (i32.const 1)
         )
        )
        (br_if $label$10
         (i32.lt_u
          (i32.load16_u offset=108
           (local.get $2)
          )
          (i32.const 32767)
         )
        )
        (if
         (i32.eq
          (i32.load8_u offset=51
           (local.get $2)
          )
          (i32.const 1)
         )
         (then
          (br $label$9
           (i32.eqz
            (i32.load8_u offset=50
             (local.get $2)
            )
           )
          )
         )
        )
        (local.set $8
         (block $label$12 (result i32)
          (drop
           (br_if $label$12
            (i32.const 0)
            (i32.ne
             (i32.load16_u offset=110
              (local.get $2)
             )
             (i32.const 65535)
            )
           )
          )
          (drop
           (br_if $label$12
            (i32.const 0)
            (i32.lt_u
             (i32.load16_u offset=112
              (local.get $2)
             )
             (i32.const 32767)
            )
           )
          )
          (i32.eq
           (i32.load16_u offset=114
            (local.get $2)
           )
           (i32.const 65535)
          )
         )
        )
        (br_if $label$10
         (f32.le
          (f32.load offset=124
           (local.get $2)
          )
          (f32.const 1)
         )
        )
        (br_if $label$10
         (f32.le
          (f32.load offset=128
           (local.get $2)
          )
          (f32.const 1)
         )
        )
        (local.set $6
         (i32.and
          (i32.eqz
           (i32.or
            (i32.load offset=3304
             (local.get $2)
            )
            (i32.load8_u offset=3440
             (local.get $2)
            )
           )
          )
          (local.get $8)
         )
        )
       )
       (local.get $6)
      )
      (then
       (i32.const 1)
      )
      (else
       (i32.store
        (local.get $5)
        (if (result i32)
         (i32.gt_u
          (local.tee $2
           (i32.load8_u offset=4
            (i32.load
             (local.get $0)
            )
           )
          )
          (i32.const 5)
         )
         (then
          (i32.const 6129)
         )
         (else
          (i32.load
           (i32.add
            (i32.shl
             (local.get $2)
             (i32.const 2)
            )
            (i32.const 17632)
           )
          )
         )
        )
       )
       (call $64
        (local.get $7)
        (i32.const 12)
        (i32.const 11557)
        (local.get $5)
       )
       (i32.const 0)
      )
     )
    )
    (global.set $global$0
     (i32.add
      (local.get $5)
      (i32.const 16)
     )
    )
    (br_if $label$8
     (i32.eq
      (i32.load8_u offset=204
       (local.get $4)
      )
      (i32.const 1)
     )
    )
    (memory.copy
     (local.get $1)
     (local.get $7)
     (i32.const 184)
    )
    (i32.store8 offset=312
     (local.get $1)
     (i32.const 0)
    )
    (br $label$6)
   )
   (block $label$17
    (if
     (i32.eqz
      (i32.load offset=4
       (local.get $3)
      )
     )
     (then
      (br_if $label$17
       (i32.load8_u offset=3464
        (i32.load
         (local.get $0)
        )
       )
      )
      (call $64
       (local.get $1)
       (i32.const 14)
       (i32.const 10141)
       (i32.const 0)
      )
      (i32.store8 offset=312
       (local.get $1)
       (i32.const 0)
      )
      (br $label$6)
     )
    )
    (i64.store
     (local.get $4)
     (local.tee $10
      (i64.load align=4
       (local.get $3)
      )
     )
    )
    (i64.store offset=8
     (local.get $4)
     (local.get $10)
    )
    (call $248
     (local.tee $2
      (i32.add
       (local.get $4)
       (i32.const 20)
      )
     )
     (local.get $0)
     (local.get $4)
    )
    (br_if $label$17
     (i32.eq
      (i32.load8_u offset=204
       (local.get $4)
      )
      (i32.const 1)
     )
    )
    (memory.copy
     (local.get $1)
     (local.get $2)
     (i32.const 184)
    )
    (i32.store8 offset=312
     (local.get $1)
     (i32.const 0)
    )
    (br $label$6)
   )
   (i32.store
    (local.get $1)
    (local.get $0)
   )
   (v128.store offset=8 align=8
    (local.get $1)
    (v128.load align=8
     (i32.const 17176)
    )
   )
   (v128.store offset=24 align=8
    (local.get $1)
    (v128.load align=8
     (i32.const 17192)
    )
   )
   (i64.store offset=40
    (local.get $1)
    (i64.load
     (i32.const 17184)
    )
   )
   (memory.fill
    (i32.add
     (local.get $1)
     (i32.const 48)
    )
    (i32.const 0)
    (i32.const 264)
   )
   (i32.store8 offset=312
    (local.get $1)
    (i32.const 1)
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $4)
    (i32.const 208)
   )
  )
  (block $label$19
   (br_if $label$19
    (i32.ne
     (i32.load8_u offset=328
      (local.get $3)
     )
     (i32.const 1)
    )
   )
   (local.set $2
    (i32.load8_u offset=424
     (local.get $0)
    )
   )
   (memory.copy
    (i32.add
     (local.get $0)
     (i32.const 112)
    )
    (local.get $1)
    (i32.const 312)
   )
   (br_if $label$19
    (local.get $2)
   )
   (i32.store8 offset=424
    (local.get $0)
    (i32.const 1)
   )
  )
  (local.set $0
   (block $label$20 (result i32)
    (if
     (i32.eqz
      (i32.load8_u offset=312
       (local.tee $0
        (i32.add
         (local.get $3)
         (i32.const 16)
        )
       )
      )
     )
     (then
      (memory.copy
       (i32.const 16992)
       (local.get $0)
       (i32.const 184)
      )
      (i32.store
       (i32.const 18112)
       (local.tee $0
        (i32.load8_u
         (local.get $0)
        )
       )
      )
      (br $label$20
       (local.get $0)
      )
     )
    )
    (i32.store
     (i32.const 18112)
     (i32.const 0)
    )
    (i32.const 0)
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $3)
    (i32.const 336)
   )
  )
  (local.get $0)
 )
 (func $6 (param $0 i32) (result i32)
  (local $1 i32)
  (local $2 i32)
  (local $3 i32)
  (local $4 i32)
  (local $5 i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  (local $9 i32)
  (local $10 i32)
  (local $11 i32)
  (local $12 i32)
  (local $13 i32)
  (local $14 i64)
  (local $15 i64)
  (local $16 i64)
  (local $17 f32)
  (global.set $global$0
   (local.tee $6
    (i32.sub
     (global.get $global$0)
     (i32.const 192)
    )
   )
  )
  (global.set $global$0
   (local.tee $5
    (i32.sub
     (global.get $global$0)
     (i32.const 32)
    )
   )
  )
  (local.set $2
   (i32.load offset=3452
    (i32.load
     (i32.load
      (local.tee $3
       (i32.add
        (local.get $0)
        (i32.const 112)
       )
      )
     )
    )
   )
  )
  (i32.store offset=28
   (local.get $5)
   (i32.const 256)
  )
  (i32.store offset=24
   (local.get $5)
   (local.get $2)
  )
  (i64.store offset=8
   (local.get $5)
   (i64.load offset=24 align=4
    (local.get $5)
   )
  )
  (local.set $7
   (call $72
    (i32.add
     (local.get $5)
     (i32.const 8)
    )
    (i32.add
     (local.get $3)
     (i32.const 8)
    )
    (i32.add
     (local.get $3)
     (i32.const 40)
    )
   )
  )
  (local.set $2
   (i32.load offset=3452
    (i32.load
     (i32.load
      (local.get $3)
     )
    )
   )
  )
  (i32.store offset=20
   (local.get $5)
   (i32.const 256)
  )
  (i32.store offset=16
   (local.get $5)
   (local.get $2)
  )
  (i64.store
   (local.get $5)
   (i64.load offset=16 align=4
    (local.get $5)
   )
  )
  (global.set $global$0
   (local.tee $2
    (i32.sub
     (global.get $global$0)
     (i32.const 288)
    )
   )
  )
  (i32.store offset=284
   (local.get $2)
   (local.get $5)
  )
  (block $label$1
   (br_if $label$1
    (i32.eqz
     (local.tee $1
      (i32.load offset=32
       (local.get $3)
      )
     )
    )
   )
   (call $69
    (i32.load
     (local.get $5)
    )
    (local.get $1)
    (i32.add
     (local.get $2)
     (i32.const 16)
    )
   )
   (local.set $8
    (i32.add
     (local.get $3)
     (i32.const 152)
    )
   )
   (loop $label$2
    (br_if $label$1
     (i32.eq
      (local.get $1)
      (local.get $4)
     )
    )
    (call $65
     (i32.add
      (local.get $2)
      (i32.const 8)
     )
     (i32.add
      (local.get $2)
      (i32.const 284)
     )
     (i32.load8_u
      (i32.add
       (i32.add
        (local.get $2)
        (i32.const 16)
       )
       (local.get $4)
      )
     )
    )
    (i64.store
     (i32.add
      (local.get $8)
      (i32.shl
       (local.get $4)
       (i32.const 3)
      )
     )
     (i64.load offset=8
      (local.get $2)
     )
    )
    (local.set $4
     (i32.add
      (local.get $4)
      (i32.const 1)
     )
    )
    (br $label$2)
   )
  )
  (call $65
   (local.get $6)
   (i32.add
    (local.get $2)
    (i32.const 284)
   )
   (local.get $7)
  )
  (i32.store offset=12
   (local.get $6)
   (local.get $1)
  )
  (i32.store offset=8
   (local.get $6)
   (i32.add
    (local.get $3)
    (i32.const 152)
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $2)
    (i32.const 288)
   )
  )
  (global.set $global$0
   (local.tee $2
    (i32.sub
     (global.get $global$0)
     (i32.const 112)
    )
   )
  )
  (local.set $4
   (i32.load
    (i32.load
     (local.get $3)
    )
   )
  )
  (i64.store offset=104 align=4
   (local.get $2)
   (i64.const 0)
  )
  (i32.store16 offset=100
   (local.get $2)
   (i32.const 0)
  )
  (i32.store offset=96
   (local.get $2)
   (local.get $7)
  )
  (i64.store offset=48
   (local.get $3)
   (i64.add
    (i64.load offset=48
     (local.get $3)
    )
    (i64.const 1)
   )
  )
  (block $label$3
   (block $label$4
    (if
     (i32.eq
      (i32.load8_u offset=36
       (local.get $3)
      )
      (i32.const 1)
     )
     (then
      (br_if $label$4
       (i32.load8_u offset=1892
        (local.get $4)
       )
      )
     )
    )
    (call $295
     (i32.add
      (local.get $2)
      (i32.const 32)
     )
     (local.get $4)
     (i32.add
      (local.get $2)
      (i32.const 96)
     )
     (i32.const 0)
    )
    (i64.store offset=56
     (local.get $3)
     (i64.add
      (i64.load offset=56
       (local.get $3)
      )
      (i64.extend_i32_u
       (i32.ne
        (i32.load16_u offset=3676
         (local.get $4)
        )
        (i32.const 0)
       )
      )
     )
    )
    (br $label$3)
   )
   (local.set $11
    (i32.add
     (local.get $3)
     (i32.const 8)
    )
   )
   (local.set $12
    (i32.add
     (local.get $4)
     (i32.const 1848)
    )
   )
   (i32.store offset=68
    (local.tee $8
     (i32.add
      (local.get $3)
      (i32.const 80)
     )
    )
    (local.tee $1
     (i32.add
      (i32.load offset=68
       (local.get $8)
      )
      (i32.const 1)
     )
    )
   )
   (block $label$6
    (br_if $label$6
     (i32.and
      (local.get $1)
      (i32.const 255)
     )
    )
    (local.set $10
     (i32.add
      (local.get $8)
      (i32.const 16)
     )
    )
    (local.set $1
     (i32.const 0)
    )
    (loop $label$7
     (br_if $label$6
      (i32.eq
       (local.get $1)
       (i32.const 8)
      )
     )
     (i32.store16
      (local.tee $13
       (i32.add
        (local.get $8)
        (local.tee $9
         (i32.shl
          (local.get $1)
          (i32.const 1)
         )
        )
       )
      )
      (i32.shr_u
       (i32.load16_u
        (local.get $13)
       )
       (i32.const 1)
      )
     )
     (i32.store16
      (local.tee $9
       (i32.add
        (local.get $9)
        (local.get $10)
       )
      )
      (i32.shr_u
       (i32.load16_u
        (local.get $9)
       )
       (i32.const 1)
      )
     )
     (local.set $1
      (i32.add
       (local.get $1)
       (i32.const 1)
      )
     )
     (br $label$7)
    )
   )
   (block $label$8
    (br_if $label$8
     (i32.eqz
      (local.tee $1
       (i32.load offset=3604
        (local.get $4)
       )
      )
     )
    )
    (br_if $label$8
     (i32.ge_u
      (local.get $1)
      (i32.load offset=3600
       (local.get $4)
      )
     )
    )
    (local.set $10
     (i32.eq
      (i32.load8_u
       (i32.add
        (i32.add
         (local.get $1)
         (local.get $4)
        )
        (i32.const 3520)
       )
      )
      (local.get $7)
     )
    )
    (i32.store16
     (local.tee $1
      (i32.add
       (local.get $8)
       (i32.shl
        (i32.load8_u offset=32
         (i32.add
          (local.get $1)
          (local.get $8)
         )
        )
        (i32.const 1)
       )
      )
     )
     (local.tee $7
      (i32.add
       (i32.load16_u
        (local.get $1)
       )
       (i32.const 1)
      )
     )
    )
    (i32.store16 offset=16
     (local.get $1)
     (local.tee $9
      (i32.add
       (i32.load16_u offset=16
        (local.get $1)
       )
       (local.get $10)
      )
     )
    )
    (if
     (i32.ge_u
      (i32.and
       (local.get $7)
       (i32.const 65535)
      )
      (i32.const 128)
     )
     (then
      (i32.store16
       (local.get $1)
       (i32.shr_u
        (i32.and
         (local.get $7)
         (i32.const 65534)
        )
        (i32.const 1)
       )
      )
      (i32.store16 offset=16
       (local.get $1)
       (i32.shr_u
        (i32.and
         (local.get $9)
         (i32.const 65534)
        )
        (i32.const 1)
       )
      )
     )
    )
    (i64.store offset=72
     (local.get $3)
     (i64.add
      (i64.load offset=72
       (local.get $3)
      )
      (i64.extend_i32_u
       (local.get $10)
      )
     )
    )
   )
   (local.set $14
    (i64.load32_u
     (local.tee $1
      (i32.load
       (local.get $4)
      )
     )
    )
   )
   (local.set $15
    (i64.mul
     (i64.add
      (i64.extend_i32_u
       (i32.shl
        (i32.add
         (local.tee $7
          (i32.load offset=4
           (local.get $1)
          )
         )
         (i32.mul
          (i32.load offset=16
           (local.get $1)
          )
          (i32.load offset=12
           (local.get $1)
          )
         )
        )
        (i32.const 1)
       )
      )
      (i64.shl
       (i64.load32_u offset=20
        (local.get $1)
       )
       (i64.const 1)
      )
     )
     (i64.extend_i32_u
      (local.get $7)
     )
    )
   )
   (local.set $16
    (i64.load32_u offset=4
     (local.get $1)
    )
   )
   (i32.store offset=8
    (local.tee $1
     (i32.add
      (local.get $2)
      (i32.const 68)
     )
    )
    (i32.const 1198153728)
   )
   (f32.store offset=4
    (local.get $1)
    (f32.mul
     (local.tee $17
      (f32.convert_i64_u
       (i64.add
        (i64.mul
         (local.get $14)
         (local.get $15)
        )
        (i64.shl
         (local.get $16)
         (i64.const 8)
        )
       )
      )
     )
     (f32.const 0.699999988079071)
    )
   )
   (f32.store
    (local.get $1)
    (f32.mul
     (local.get $17)
     (f32.const 0.30000001192092896)
    )
   )
   (i32.store offset=24
    (local.get $1)
    (i32.const 0)
   )
   (i64.store offset=16 align=4
    (local.get $1)
    (i64.const 4575657222473777152)
   )
   (i32.store offset=12
    (local.get $1)
    (local.get $8)
   )
   (local.set $14
    (i64.load offset=40
     (local.get $3)
    )
   )
   (i32.store offset=56
    (local.get $2)
    (local.get $1)
   )
   (i64.store offset=48
    (local.get $2)
    (local.get $14)
   )
   (i32.store offset=44
    (local.get $2)
    (local.get $11)
   )
   (i32.store offset=40
    (local.get $2)
    (i32.add
     (local.get $4)
     (i32.const 1920)
    )
   )
   (i32.store offset=36
    (local.get $2)
    (local.get $12)
   )
   (i32.store offset=32
    (local.get $2)
    (i32.const 17664)
   )
   (call $295
    (i32.add
     (local.get $2)
     (i32.const 12)
    )
    (local.get $4)
    (i32.add
     (local.get $2)
     (i32.const 96)
    )
    (i32.add
     (local.get $2)
     (i32.const 32)
    )
   )
   (i64.store offset=56
    (local.get $3)
    (i64.add
     (i64.load offset=56
      (local.get $3)
     )
     (i64.extend_i32_u
      (i32.and
       (i32.ne
        (i32.load16_u offset=3676
         (local.get $4)
        )
        (i32.const 0)
       )
       (i32.le_s
        (local.tee $1
         (i32.load offset=3608
          (local.get $4)
         )
        )
        (i32.const 0)
       )
      )
     )
    )
   )
   (br_if $label$3
    (i32.gt_s
     (local.get $1)
     (i32.const 0)
    )
   )
   (br_if $label$3
    (i32.eqz
     (local.tee $4
      (i32.load offset=3600
       (local.get $4)
      )
     )
    )
   )
   (i64.store offset=64
    (local.get $3)
    (i64.add
     (i64.load offset=64
      (local.get $3)
     )
     (i64.extend_i32_u
      (i32.sub
       (local.get $4)
       (i32.const 1)
      )
     )
    )
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $2)
    (i32.const 112)
   )
  )
  (i32.store8 offset=184
   (local.get $6)
   (i32.const 1)
  )
  (global.set $global$0
   (i32.add
    (local.get $5)
    (i32.const 32)
   )
  )
  (block $label$10
   (br_if $label$10
    (i32.ne
     (i32.load8_u offset=184
      (local.get $6)
     )
     (i32.const 1)
    )
   )
   (i64.store offset=432
    (local.get $0)
    (i64.load
     (local.get $6)
    )
   )
   (i32.store offset=440
    (local.get $0)
    (local.tee $3
     (i32.load offset=12
      (local.get $6)
     )
    )
   )
   (br_if $label$10
    (i32.eqz
     (local.get $3)
    )
   )
   (memory.copy
    (i32.add
     (local.get $0)
     (i32.const 444)
    )
    (i32.load offset=8
     (local.get $6)
    )
    (i32.shl
     (local.get $3)
     (i32.const 3)
    )
   )
  )
  (local.set $0
   (call $7
    (local.get $6)
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $6)
    (i32.const 192)
   )
  )
  (local.get $0)
 )
 (func $7 (param $0 i32) (result i32)
  (if
   (i32.eqz
    (i32.load8_u offset=184
     (local.get $0)
    )
   )
   (then
    (memory.copy
     (i32.const 16992)
     (local.get $0)
     (i32.const 184)
    )
    (i32.store
     (i32.const 18112)
     (local.tee $0
      (i32.load8_u
       (local.get $0)
      )
     )
    )
    (return
     (local.get $0)
    )
   )
  )
  (i32.store
   (i32.const 18112)
   (i32.const 0)
  )
  (i32.const 0)
 )
 (func $8 (param $0 i32) (result i32)
  (local $1 i32)
  (global.set $global$0
   (local.tee $1
    (i32.add
     (global.get $global$0)
     (i32.const -64)
    )
   )
  )
  (block $label$1
   (if
    (i32.eq
     (i32.load8_u offset=424
      (local.get $0)
     )
     (i32.const 1)
    )
    (then
     (v128.store offset=16 align=8
      (local.get $1)
      (v128.load offset=176 align=8
       (local.get $0)
      )
     )
     (v128.store align=8
      (local.get $1)
      (v128.load offset=160 align=8
       (local.get $0)
      )
     )
     (br $label$1)
    )
   )
   (v128.store offset=16 align=8
    (local.get $1)
    (v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000)
   )
   (v128.store align=8
    (local.get $1)
    (v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000)
   )
  )
  (f64.store offset=32
   (local.get $1)
   (f64.convert_i64_u
    (i64.load
     (local.get $1)
    )
   )
  )
  (f64.store offset=40
   (local.get $1)
   (f64.convert_i64_u
    (i64.load offset=8
     (local.get $1)
    )
   )
  )
  (f64.store offset=48
   (local.get $1)
   (f64.convert_i64_u
    (i64.load offset=16
     (local.get $1)
    )
   )
  )
  (f64.store offset=56
   (local.get $1)
   (f64.convert_i64_u
    (i64.load offset=24
     (local.get $1)
    )
   )
  )
  (v128.store align=8
   (i32.const 18120)
   (v128.load offset=32 align=8
    (local.get $1)
   )
  )
  (v128.store align=8
   (i32.const 18136)
   (v128.load offset=48 align=8
    (local.get $1)
   )
  )
  (global.set $global$0
   (i32.sub
    (local.get $1)
    (i32.const -64)
   )
  )
  (i32.const 18120)
 )
 (func $9 (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  (local $3 i32)
  (global.set $global$0
   (local.tee $3
    (i32.sub
     (global.get $global$0)
     (i32.const 192)
    )
   )
  )
  (global.set $global$0
   (local.tee $2
    (i32.sub
     (global.get $global$0)
     (i32.const 16)
    )
   )
  )
  (i64.store offset=8 align=4
   (local.get $2)
   (i64.const 0)
  )
  (i32.store16 offset=4
   (local.get $2)
   (i32.const 0)
  )
  (i32.store
   (local.get $2)
   (local.get $1)
  )
  (call $294
   (local.tee $1
    (i32.add
     (local.get $3)
     (i32.const 4)
    )
   )
   (local.get $0)
   (local.get $2)
  )
  (global.set $global$0
   (i32.add
    (local.get $2)
    (i32.const 16)
   )
  )
  (local.set $0
   (call $10
    (local.get $0)
    (local.get $1)
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $3)
    (i32.const 192)
   )
  )
  (local.get $0)
 )
 (func $10 (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  (local $3 i32)
  (if
   (i32.eq
    (i32.load8_u offset=184
     (local.get $1)
    )
    (i32.const 1)
   )
   (then
    (local.set $2
     (i32.load
      (local.get $1)
     )
    )
    (local.set $3
     (i32.load offset=8
      (local.get $1)
     )
    )
    (i32.store offset=12
     (local.get $0)
     (i32.load offset=16
      (local.get $1)
     )
    )
    (i32.store offset=8
     (local.get $0)
     (local.get $3)
    )
    (i32.store offset=4
     (local.get $0)
     (local.get $2)
    )
   )
  )
  (call $7
   (local.get $1)
  )
 )
 (func $11 (param $0 i32) (param $1 i32) (param $2 i32) (param $3 i32) (result i32)
  (local $4 i32)
  (global.set $global$0
   (local.tee $4
    (i32.sub
     (global.get $global$0)
     (i32.const 208)
    )
   )
  )
  (i64.store offset=200 align=4
   (local.get $4)
   (i64.const 0)
  )
  (i32.store offset=192
   (local.get $4)
   (local.get $1)
  )
  (i32.store16 offset=196
   (local.get $4)
   (i32.const 0)
  )
  (if
   (i32.ge_s
    (local.get $2)
    (i32.const 0)
   )
   (then
    (i32.store16 offset=196
     (local.get $4)
     (i32.or
      (select
       (i32.const 255)
       (local.get $2)
       (i32.ge_u
        (local.get $2)
        (i32.const 255)
       )
      )
      (i32.const 256)
     )
    )
   )
  )
  (if
   (i32.and
    (local.get $3)
    (i32.const 1)
   )
   (then
    (i32.store offset=200
     (local.get $4)
     (i32.add
      (local.get $0)
      (i32.const 16)
     )
    )
   )
  )
  (if
   (i32.and
    (local.get $3)
    (i32.const 2)
   )
   (then
    (i32.store offset=204
     (local.get $4)
     (i32.add
      (local.get $0)
      (i32.const 32)
     )
    )
   )
  )
  (call $294
   (local.tee $1
    (i32.add
     (local.get $4)
     (i32.const 4)
    )
   )
   (local.get $0)
   (i32.add
    (local.get $4)
    (i32.const 192)
   )
  )
  (local.set $0
   (call $10
    (local.get $0)
    (local.get $1)
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $4)
    (i32.const 208)
   )
  )
  (local.get $0)
 )
 (func $12 (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  (local $3 i32)
  (global.set $global$0
   (local.tee $2
    (i32.sub
     (global.get $global$0)
     (i32.const 208)
    )
   )
  )
  (local.set $3
   (i32.load offset=104
    (local.get $0)
   )
  )
  (i32.store offset=16
   (local.get $2)
   (local.get $1)
  )
  (i32.store offset=12
   (local.get $2)
   (local.get $3)
  )
  (i64.store
   (local.get $2)
   (i64.load offset=12 align=4
    (local.get $2)
   )
  )
  (call $248
   (local.tee $1
    (i32.add
     (local.get $2)
     (i32.const 20)
    )
   )
   (local.get $0)
   (local.get $2)
  )
  (local.set $0
   (call $10
    (local.get $0)
    (local.get $1)
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $2)
    (i32.const 208)
   )
  )
  (local.get $0)
 )
 (func $13 (param $0 i32) (param $1 i32) (result i32)
  (local $2 i32)
  (local $3 i32)
  (local $4 i32)
  (local $5 i32)
  (global.set $global$0
   (local.tee $2
    (i32.sub
     (global.get $global$0)
     (i32.const 208)
    )
   )
  )
  (local.set $3
   (i32.load offset=104
    (local.get $0)
   )
  )
  (i32.store offset=16
   (local.get $2)
   (local.get $1)
  )
  (i32.store offset=12
   (local.get $2)
   (local.get $3)
  )
  (i64.store
   (local.get $2)
   (i64.load offset=12 align=4
    (local.get $2)
   )
  )
  (local.set $3
   (i32.add
    (local.get $2)
    (i32.const 20)
   )
  )
  (global.set $global$0
   (local.tee $1
    (i32.sub
     (global.get $global$0)
     (i32.const 48)
    )
   )
  )
  (block $label$1
   (if
    (i32.eqz
     (local.tee $4
      (i32.load offset=4
       (local.get $2)
      )
     )
    )
    (then
     (call $64
      (local.get $3)
      (i32.const 14)
      (i32.const 10102)
      (i32.const 0)
     )
     (i32.store8 offset=184
      (local.get $3)
      (i32.const 0)
     )
     (br $label$1)
    )
   )
   (i32.store16 offset=36
    (local.get $1)
    (i32.const 259)
   )
   (i64.store offset=40 align=4
    (local.get $1)
    (i64.const 0)
   )
   (i32.store offset=24
    (local.get $1)
    (i32.const 0)
   )
   (v128.store offset=8 align=8
    (local.get $1)
    (v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000)
   )
   (local.set $5
    (i32.add
     (local.get $4)
     (local.tee $4
      (i32.load
       (local.get $2)
      )
     )
    )
   )
   (loop $label$3
    (if
     (i32.eq
      (local.get $4)
      (local.get $5)
     )
     (then
      (v128.store align=4
       (local.get $3)
       (v128.load offset=8 align=8
        (local.get $1)
       )
      )
      (i32.store offset=16
       (local.get $3)
       (i32.load offset=24
        (local.get $1)
       )
      )
      (i32.store8 offset=184
       (local.get $3)
       (i32.const 1)
      )
     )
     (else
      (i32.store offset=32
       (local.get $1)
       (i32.load8_u
        (local.get $4)
       )
      )
      (call $295
       (i32.add
        (local.get $1)
        (i32.const 8)
       )
       (i32.load
        (local.get $0)
       )
       (i32.add
        (local.get $1)
        (i32.const 32)
       )
       (i32.const 0)
      )
      (local.set $4
       (i32.add
        (local.get $4)
        (i32.const 1)
       )
      )
      (br $label$3)
     )
    )
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $1)
    (i32.const 48)
   )
  )
  (local.set $0
   (call $10
    (local.get $0)
    (local.get $3)
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $2)
    (i32.const 208)
   )
  )
  (local.get $0)
 )
 (func $14 (param $0 i32) (result i32)
  (local $1 i32)
  (local $2 i32)
  (local $3 i32)
  (local $4 i32)
  (local $5 i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  (local $9 i64)
  (local $10 i64)
  (local $11 i64)
  (local $12 i64)
  (local $13 i64)
  (global.set $global$0
   (local.tee $6
    (i32.sub
     (global.get $global$0)
     (i32.const 192)
    )
   )
  )
  (local.set $5
   (i32.add
    (local.get $6)
    (i32.const 4)
   )
  )
  (global.set $global$0
   (local.tee $4
    (i32.sub
     (global.get $global$0)
     (i32.const 32)
    )
   )
  )
  (block $label$1
   (if
    (i32.eqz
     (i32.load8_u offset=3464
      (local.tee $1
       (i32.load
        (local.get $0)
       )
      )
     )
    )
    (then
     (call $64
      (local.get $5)
      (i32.const 14)
      (i32.const 10214)
      (i32.const 0)
     )
     (i32.store8 offset=184
      (local.get $5)
      (i32.const 0)
     )
     (br $label$1)
    )
   )
   (local.set $2
    (i32.load offset=3460
     (local.get $1)
    )
   )
   (local.set $3
    (i32.load
     (local.get $1)
    )
   )
   (block $label$3
    (block $label$4
     (br_if $label$4
      (if (result i32)
       (i32.eq
        (i32.load8_u offset=3692
         (local.get $1)
        )
        (i32.const 1)
       )
       (then
        (i64.le_u
         (i64.load offset=560
          (local.get $1)
         )
         (i64.load offset=552
          (local.get $1)
         )
        )
       )
       (else
        (i32.const 1)
       )
      )
     )
     (br_if $label$4
      (i32.eq
       (local.get $2)
       (i32.load
        (local.get $3)
       )
      )
     )
     (global.set $global$0
      (local.tee $2
       (i32.sub
        (global.get $global$0)
        (i32.const 144)
       )
      )
     )
     (call $298
      (i32.add
       (local.get $2)
       (i32.const 96)
      )
      (local.get $1)
     )
     (local.set $3
      (i32.load
       (i32.load
        (local.get $1)
       )
      )
     )
     (local.set $7
      (call $301
       (local.get $1)
       (local.tee $9
        (i64.sub
         (i64.load offset=560
          (local.get $1)
         )
         (i64.const 1)
        )
       )
      )
     )
     (call $244
      (local.get $1)
      (local.get $9)
      (local.get $3)
      (i32.load8_u offset=1892
       (local.get $1)
      )
     )
     (i64.store
      (local.tee $8
       (i32.add
        (i32.add
         (local.get $1)
         (i32.const 3840)
        )
        (i32.shl
         (i32.load8_u offset=3636
          (local.get $1)
         )
         (i32.const 3)
        )
       )
      )
      (i64.sub
       (i64.load
        (local.get $8)
       )
       (i64.const 1)
      )
     )
     (i64.store offset=3840
      (local.get $1)
      (i64.add
       (i64.load offset=3840
        (local.get $1)
       )
       (i64.const 1)
      )
     )
     (i32.store16 offset=3676
      (local.get $1)
      (local.get $3)
     )
     (i32.store8 offset=3638
      (local.get $1)
      (i32.const 7)
     )
     (i32.store8 offset=3636
      (local.get $1)
      (i32.const 0)
     )
     (f32.store offset=3672
      (local.get $1)
      (f32.const 1)
     )
     (i32.store16 offset=3682
      (local.get $1)
      (i32.sub
       (i32.load
        (i32.load
         (local.get $1)
        )
       )
       (local.get $3)
      )
     )
     (i32.store16 offset=3676
      (local.get $1)
      (i32.sub
       (call $301
        (local.get $1)
        (local.get $9)
       )
       (local.get $7)
      )
     )
     (call $298
      (local.get $2)
      (local.get $1)
     )
     (v128.store offset=48
      (local.get $2)
      (i64x2.sub
       (v128.load
        (local.get $2)
       )
       (v128.load offset=96
        (local.get $2)
       )
      )
     )
     (v128.store offset=64
      (local.get $2)
      (i64x2.sub
       (v128.load offset=16
        (local.get $2)
       )
       (v128.load offset=112
        (local.get $2)
       )
      )
     )
     (v128.store offset=80
      (local.get $2)
      (i64x2.sub
       (v128.load offset=32
        (local.get $2)
       )
       (v128.load offset=128
        (local.get $2)
       )
      )
     )
     (i64.store16 offset=3678
      (local.get $1)
      (select
       (i64.const 65535)
       (local.tee $10
        (i64.sub
         (local.tee $13
          (i64.load
           (local.tee $3
            (i32.add
             (local.get $2)
             (i32.const 48)
            )
           )
          )
         )
         (i64.load16_u offset=3676
          (local.get $1)
         )
        )
       )
       (i64.ge_u
        (local.get $10)
        (i64.const 65535)
       )
      )
     )
     (i64.store32 offset=3688
      (local.get $1)
      (select
       (i64.const 4294967295)
       (local.tee $11
        (i64.load offset=40
         (local.get $3)
        )
       )
       (i64.ge_u
        (local.get $11)
        (i64.const 4294967295)
       )
      )
     )
     (i64.store16 offset=3680
      (local.get $1)
      (select
       (i64.const 65535)
       (local.tee $12
        (i64.load offset=8
         (local.get $3)
        )
       )
       (i64.ge_u
        (local.get $12)
        (i64.const 65535)
       )
      )
     )
     (local.set $9
      (i64.load offset=32
       (local.get $3)
      )
     )
     (v128.store offset=3872
      (local.get $1)
      (i64x2.add
       (v128.load offset=3872
        (local.get $1)
       )
       (i64x2.replace_lane 1
        (i64x2.splat
         (local.get $13)
        )
        (local.get $10)
       )
      )
     )
     (i64.store32 offset=3684
      (local.get $1)
      (select
       (i64.const 4294967295)
       (local.get $9)
       (i64.ge_u
        (local.get $9)
        (i64.const 4294967295)
       )
      )
     )
     (v128.store offset=3888
      (local.get $1)
      (i64x2.add
       (v128.load offset=3888
        (local.get $1)
       )
       (v128.load64_lane 1
        (i32.add
         (local.get $3)
         (i32.const 16)
        )
        (i64x2.splat
         (local.get $12)
        )
       )
      )
     )
     (v128.store offset=3904
      (local.get $1)
      (i64x2.add
       (v128.load offset=3904
        (local.get $1)
       )
       (i64x2.replace_lane 1
        (v128.load offset=24 align=8
         (local.get $3)
        )
        (local.get $9)
       )
      )
     )
     (i64.store offset=3920
      (local.get $1)
      (i64.add
       (local.get $11)
       (i64.load offset=3920
        (local.get $1)
       )
      )
     )
     (call $300
      (i32.add
       (local.get $4)
       (i32.const 12)
      )
      (local.get $1)
     )
     (global.set $global$0
      (i32.add
       (local.get $2)
       (i32.const 144)
      )
     )
     (br $label$3)
    )
    (local.set $2
     (i32.load offset=3448
      (local.get $1)
     )
    )
    (i32.store offset=16
     (local.get $4)
     (i32.const 256)
    )
    (i32.store offset=12
     (local.get $4)
     (local.get $2)
    )
    (local.set $2
     (i32.load offset=3452
      (local.get $1)
     )
    )
    (i32.store offset=28
     (local.get $4)
     (i32.add
      (local.get $1)
      (i32.const 3624)
     )
    )
    (i32.store offset=24
     (local.get $4)
     (i32.const 256)
    )
    (i32.store offset=20
     (local.get $4)
     (local.get $2)
    )
   )
   (v128.store align=4
    (local.get $5)
    (v128.load offset=12 align=4
     (local.get $4)
    )
   )
   (i32.store offset=16
    (local.get $5)
    (i32.load offset=28
     (local.get $4)
    )
   )
   (i32.store8 offset=184
    (local.get $5)
    (i32.const 1)
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $4)
    (i32.const 32)
   )
  )
  (local.set $0
   (call $10
    (local.get $0)
    (local.get $5)
   )
  )
  (global.set $global$0
   (i32.add
    (local.get $6)
    (i32.const 192)
   )
  )
  (local.get $0)
 )
 (func $15 (param $0 i32) (param $1 i32) (param $2 i32) (result i32)
  (local $3 i32)
  (local $4 i32)
  (local $5 i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  (local $9 i32)
  (local $10 i32)
  (local $11 i32)
  (local $12 i32)
  (local $13 i32)
  (local $14 i32)
  (local $15 i32)
  (local $16 i32)
  (local $17 i32)
  (local $18 i32)
  (local $19 i32)
  (local $20 i32)
  (local $21 i32)
  (local $22 i64)
  (local $23 i64)
  (local $24 i64)
  (local $25 i64)
  (local $26 i64)
  (local $27 i64)
  (local $28 i64)
  (local $29 f32)
  (local $30 f32)
  (global.set $global$0
   (local.tee $8
    (i32.sub
     (global.get $global$0)
     (i32.const 208)
    )
   )
  )
  (local.set $13
   (i32.load offset=104
    (local.get $0)
   )
  )
  (i32.store offset=16
   (local.get $8)
   (local.get $1)
  )
  (i32.store offset=12
   (local.get $8)
   (local.get $13)
  )
  (i64.store
   (local.get $8)
   (i64.load offset=12 align=4
    (local.get $8)
   )
  )
  (local.set $6
   (i32.add
    (local.get $8)
    (i32.const 20)
   )
  )
  (local.set $11
   (select
    (i32.const 255)
    (local.get $2)
    (i32.ge_u
     (local.get $2)
     (i32.const 255)
    )
   )
  )
  (global.set $global$0
   (local.tee $4
    (i32.sub
     (global.get $global$0)
     (i32.const 160)
    )
   )
  )
  (local.set $18
   (i32.load
    (local.tee $3
     (i32.load
      (local.get $0)
     )
    )
   )
  )
  (block $label$1
   (if
    (i32.eqz
     (local.tee $14
      (i32.load offset=4
       (local.get $8)
      )
     )
    )
    (then
     (call $64
      (local.get $6)
      (i32.const 14)
      (i32.const 10020)
      (i32.const 0)
     )
     (i32.store8 offset=184
      (local.get $6)
      (i32.const 0)
     )
     (br $label$1)
    )
   )
   (if
    (i32.lt_u
     (local.tee $1
      (i32.load offset=148
       (local.get $3)
      )
     )
     (local.get $14)
    )
    (then
     (i32.store offset=4
      (local.get $4)
      (local.get $1)
     )
     (i32.store
      (local.get $4)
      (local.get $14)
     )
     (call $64
      (local.get $6)
      (i32.const 13)
      (i32.const 3230)
      (local.get $4)
     )
     (i32.store8 offset=184
      (local.get $6)
      (i32.const 0)
     )
     (br $label$1)
    )
   )
   (if
    (i32.ge_u
     (local.get $11)
     (i32.const 4)
    )
    (then
     (i32.store offset=16
      (local.get $4)
      (local.get $11)
     )
     (call $64
      (local.get $6)
      (i32.const 12)
      (i32.const 10933)
      (i32.add
       (local.get $4)
       (i32.const 16)
      )
     )
     (i32.store8 offset=184
      (local.get $6)
      (i32.const 0)
     )
     (br $label$1)
    )
   )
   (block $label$5
    (br_if $label$5
     (local.tee $2
      (i32.ne
       (local.get $11)
       (i32.const 3)
      )
     )
    )
    (br_if $label$5
     (i32.load8_u offset=3496
      (local.get $3)
     )
    )
    (call $64
     (local.get $6)
     (i32.const 12)
     (i32.const 4605)
     (i32.const 0)
    )
    (i32.store8 offset=184
     (local.get $6)
     (i32.const 0)
    )
    (br $label$1)
   )
   (memory.copy
    (i32.add
     (local.get $4)
     (i32.const 112)
    )
    (local.tee $13
     (i32.add
      (local.get $3)
      (i32.const 432)
     )
    )
    (i32.const 48)
   )
   (local.set $1
    (call $242
     (local.get $3)
     (local.get $11)
    )
   )
   (local.set $5
    (block $label$6 (result i32)
     (if
      (i32.eqz
       (local.get $2)
      )
      (then
       (local.set $19
        (i32.load
         (local.get $8)
        )
       )
       (br $label$6
        (i32.const 0)
       )
      )
     )
     (local.set $2
      (i32.add
       (local.get $3)
       (i32.const 160)
      )
     )
     (local.set $20
      (i32.add
       (local.get $3)
       (i32.const 3480)
      )
     )
     (local.set $7
      (i32.load offset=32
       (local.get $18)
      )
     )
     (local.set $9
      (i32.load offset=144
       (local.get $3)
      )
     )
     (v128.store offset=24 align=8
      (local.tee $5
       (local.tee $17
        (i32.add
         (local.get $3)
         (i32.const 600)
        )
       )
      )
      (v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000)
     )
     (i64.store offset=40
      (local.get $5)
      (i64.const 0)
     )
     (local.set $5
      (i32.sub
       (local.tee $10
        (i32.add
         (local.tee $19
          (i32.load
           (local.get $8)
          )
         )
         (local.get $14)
        )
       )
       (select
        (local.tee $5
         (i32.load offset=612
          (local.get $3)
         )
        )
        (local.tee $15
         (select
          (i32.const 1)
          (local.tee $15
           (i32.shr_u
            (local.get $14)
            (select
             (i32.const 1)
             (select
              (i32.const 3)
              (i32.const 0)
              (local.tee $12
               (i32.eq
                (local.get $11)
                (i32.const 2)
               )
              )
             )
             (local.tee $16
              (i32.eq
               (local.get $11)
               (i32.const 1)
              )
             )
            )
           )
          )
          (i32.le_u
           (local.get $15)
           (i32.const 1)
          )
         )
        )
        (i32.lt_u
         (local.get $5)
         (local.get $15)
        )
       )
      )
     )
     (local.set $9
      (i32.shr_u
       (local.get $9)
       (select
        (i32.const 1)
        (i32.shl
         (local.get $12)
         (i32.const 1)
        )
        (local.get $16)
       )
      )
     )
     (loop $label$8 (result i32)
      (if (result i32)
       (i32.eq
        (local.get $5)
        (local.get $10)
       )
       (then
        (i64.store offset=40
         (local.get $4)
         (i64.sub
          (i64.load offset=632
           (local.get $3)
          )
          (i64.const 1)
         )
        )
        (i32.store offset=108
         (local.get $4)
         (local.tee $12
          (select
           (local.get $9)
           (local.get $7)
           (i32.lt_u
            (local.get $7)
            (local.get $9)
           )
          )
         )
        )
        (i32.store offset=104
         (local.get $4)
         (local.get $17)
        )
        (block $label$10
         (if
          (f32.lt
           (local.tee $29
            (f32.load offset=152
             (local.get $3)
            )
           )
           (f32.const 1)
          )
          (then
           (local.set $9
            (i32.add
             (local.get $4)
             (i32.const 104)
            )
           )
           (global.set $global$0
            (local.tee $5
             (i32.sub
              (global.get $global$0)
              (i32.const 288)
             )
            )
           )
           (if
            (local.get $1)
            (then
             (local.set $24
              (i64.load offset=32
               (local.tee $21
                (i32.load
                 (local.get $9)
                )
               )
              )
             )
             (local.set $26
              (i64.extend_i32_u
               (i32.sub
                (i32.load offset=4
                 (local.get $9)
                )
                (i32.const 1)
               )
              )
             )
             (local.set $27
              (i64.extend_i32_u
               (local.get $1)
              )
             )
             (loop $label$13
              (local.set $7
               (i32.const 0)
              )
              (if
               (i64.lt_u
                (local.tee $23
                 (i64.sub
                  (local.tee $22
                   (i64.sub
                    (local.get $24)
                    (block $label$14 (result i64)
                     (if
                      (i32.and
                       (f32.lt
                        (local.tee $30
                         (f32.ceil
                          (f32.mul
                           (f32.convert_i64_u
                            (i64.add
                             (select
                              (local.tee $22
                               (i64.add
                                (local.get $24)
                                (i64.xor
                                 (local.tee $23
                                  (i64.load offset=24
                                   (local.get $21)
                                  )
                                 )
                                 (i64.const -1)
                                )
                               )
                              )
                              (local.tee $28
                               (i64.mul
                                (i64.extend_i32_u
                                 (i32.add
                                  (i32.xor
                                   (local.tee $16
                                    (i32.wrap_i64
                                     (local.get $25)
                                    )
                                   )
                                   (i32.const -1)
                                  )
                                  (local.get $1)
                                 )
                                )
                                (local.get $26)
                               )
                              )
                              (i64.lt_u
                               (local.get $22)
                               (local.get $28)
                              )
                             )
                             (i64.const 1)
                            )
                           )
                           (local.get $29)
                          )
                         )
                        )
                        (f32.const 18446744073709551615)
                       )
                       (f32.ge
                        (local.get $30)
                        (f32.const 0)
                       )
                      )
                      (then
                       (br $label$14
                        (i64.trunc_f32_u
                         (local.get $30)
                        )
                       )
                      )
                     )
                     (i64.const 0)
                    )
                   )
                  )
                  (select
                   (local.tee $23
                    (i64.sub
                     (local.get $22)
                     (local.get $23)
                    )
                   )
                   (local.get $26)
                   (i64.lt_u
                    (local.get $23)
                    (local.get $26)
                   )
                  )
                 )
                )
                (local.get $22)
               )
               (then
                (loop $label$17
                 (i32.store offset=272
                  (local.get $5)
                  (local.tee $10
                   (i32.add
                    (local.get $7)
                    (i32.const 1)
                   )
                  )
                 )
                 (i64.store
                  (i32.add
                   (i32.add
                    (local.get $5)
                    (i32.const 16)
                   )
                   (i32.shl
                    (local.get $7)
                    (i32.const 3)
                   )
                  )
                  (local.get $23)
                 )
                 (local.set $23
                  (i64.add
                   (local.get $23)
                   (i64.const 1)
                  )
                 )
                 (local.set $7
                  (block $label$18 (result i32)
                   (block $label$19
                    (br_if $label$19
                     (i32.eq
                      (local.get $10)
                      (i32.const 32)
                     )
                    )
                    (br_if $label$19
                     (i64.le_u
                      (local.get $22)
                      (local.get $23)
                     )
                    )
                    (br $label$18
                     (local.get $10)
                    )
                   )
                   (i32.store offset=284
                    (local.get $5)
                    (local.get $10)
                   )
                   (i32.store offset=280
                    (local.get $5)
                    (i32.add
                     (local.get $5)
                     (i32.const 16)
                    )
                   )
                   (i64.store offset=8
                    (local.get $5)
                    (i64.load offset=280 align=4
                     (local.get $5)
                    )
                   )
                   (call $220
                    (local.get $2)
                    (local.get $9)
                    (local.get $16)
                    (i32.add
                     (local.get $5)
                     (i32.const 8)
                    )
                    (i32.const 2)
                   )
                   (i32.store offset=272
                    (local.get $5)
                    (i32.const 0)
                   )
                   (i32.const 0)
                  )
                 )
                 (br_if $label$17
                  (i64.ne
                   (local.get $22)
                   (local.get $23)
                  )
                 )
                )
               )
              )
              (local.set $7
               (i32.const 0)
              )
              (if
               (i64.lt_u
                (local.get $22)
                (local.get $24)
               )
               (then
                (loop $label$21
                 (i32.store offset=272
                  (local.get $5)
                  (local.tee $10
                   (i32.add
                    (local.get $7)
                    (i32.const 1)
                   )
                  )
                 )
                 (i64.store
                  (i32.add
                   (i32.add
                    (local.get $5)
                    (i32.const 16)
                   )
                   (i32.shl
                    (local.get $7)
                    (i32.const 3)
                   )
                  )
                  (local.get $22)
                 )
                 (local.set $22
                  (i64.add
                   (local.get $22)
                   (i64.const 1)
                  )
                 )
                 (local.set $7
                  (block $label$22 (result i32)
                   (block $label$23
                    (br_if $label$23
                     (i32.eq
                      (local.get $10)
                      (i32.const 32)
                     )
                    )
                    (br_if $label$23
                     (i64.ge_u
                      (local.get $22)
                      (local.get $24)
                     )
                    )
                    (br $label$22
                     (local.get $10)
                    )
                   )
                   (i32.store offset=284
                    (local.get $5)
                    (local.get $10)
                   )
                   (i32.store offset=280
                    (local.get $5)
                    (i32.add
                     (local.get $5)
                     (i32.const 16)
                    )
                   )
                   (i64.store
                    (local.get $5)
                    (i64.load offset=280 align=4
                     (local.get $5)
                    )
                   )
                   (call $219
                    (local.get $2)
                    (local.get $9)
                    (local.get $16)
                    (local.get $5)
                   )
                   (i32.store offset=272
                    (local.get $5)
                    (i32.const 0)
                   )
                   (i32.const 0)
                  )
                 )
                 (br_if $label$21
                  (i64.ne
                   (local.get $22)
                   (local.get $24)
                  )
                 )
                )
               )
              )
              (br_if $label$13
               (i64.ne
                (local.tee $25
                 (i64.add
                  (local.get $25)
                  (i64.const 1)
                 )
                )
                (local.get $27)
               )
              )
             )
            )
           )
           (global.set $global$0
            (i32.add
             (local.get $5)
             (i32.const 288)
            )
           )
           (br $label$10)
          )
         )
         (i32.store offset=100
          (local.get $4)
          (i32.const 1)
         )
         (i32.store offset=96
          (local.get $4)
          (i32.add
           (local.get $4)
           (i32.const 40)
          )
         )
         (i64.store offset=32
          (local.get $4)
          (i64.load offset=96 align=4
           (local.get $4)
          )
         )
         (call $225
          (local.get $2)
          (i32.add
           (local.get $4)
           (i32.const 104)
          )
          (i32.add
           (local.get $4)
           (i32.const 32)
          )
          (local.get $1)
          (i32.const 0)
         )
        )
        (i32.store offset=92
         (local.get $4)
         (i32.const 1)
        )
        (i32.store offset=88
         (local.get $4)
         (i32.add
          (local.get $4)
          (i32.const 40)
         )
        )
        (local.set $5
         (i32.load offset=3480
          (local.get $3)
         )
        )
        (i64.store offset=24
         (local.get $4)
         (i64.load offset=88 align=4
          (local.get $4)
         )
        )
        (call $222
         (local.get $2)
         (local.get $1)
         (i32.add
          (local.get $4)
          (i32.const 24)
         )
         (local.get $17)
         (local.get $5)
        )
        (local.set $2
         (call $75)
        )
        (call_indirect (type $0)
         (i32.load offset=3480
          (local.get $3)
         )
         (i32.const 256)
         (i32.load offset=3484
          (local.get $3)
         )
         (i32.load offset=24
          (local.get $2)
         )
        )
        (call $241
         (local.get $20)
        )
        (i32.store8 offset=3496
         (local.get $3)
         (i32.const 1)
        )
        (select
         (local.get $15)
         (local.get $12)
         (i32.gt_u
          (local.get $12)
          (local.get $15)
         )
        )
       )
       (else
        (call $283
         (local.get $2)
         (local.tee $12
          (i32.load8_u
           (local.get $5)
          )
         )
        )
        (drop
         (call $216
          (local.get $17)
          (local.get $12)
         )
        )
        (local.set $5
         (i32.add
          (local.get $5)
          (i32.const 1)
         )
        )
        (br $label$8)
       )
      )
     )
    )
   )
   (v128.store offset=40 align=8
    (local.get $4)
    (i64x2.sub
     (v128.load align=8
      (local.tee $2
       (local.get $13)
      )
     )
     (v128.load offset=112 align=8
      (local.get $4)
     )
    )
   )
   (v128.store offset=56 align=8
    (local.get $4)
    (i64x2.sub
     (v128.load offset=16 align=8
      (local.get $2)
     )
     (v128.load offset=128 align=8
      (local.get $4)
     )
    )
   )
   (v128.store offset=72 align=8
    (local.get $4)
    (i64x2.sub
     (v128.load offset=32 align=8
      (local.get $2)
     )
