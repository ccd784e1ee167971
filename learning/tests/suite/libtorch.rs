//! That what is built here finds libtorch by itself, and that it computes.
use tch::{Kind, Tensor};

#[test]
fn libtorch_is_found_without_a_search_path_and_multiplies() {
    tch::set_num_threads(1);
    let rows = Tensor::from_slice(&[1.0_f32, 2.0, 3.0, 4.0]).view([2, 2]);
    let product = rows.matmul(&rows).view([-1]);
    assert_eq!(Vec::<f32>::try_from(&product).expect("four numbers of 32 bits"), [7.0, 10.0, 15.0, 22.0]);
    assert_eq!(product.kind(), Kind::Float);
}
